import type { AttestationFacts } from "./facts.ts";
import { field, items, text } from "./json.ts";
import { metadataOf } from "./metadata.ts";
import { parseStatement } from "./statement.ts";

/** What is kept of a NodeAttestation; undefined for what is no object of the API server. */
export const projectAttestation = (raw: unknown): AttestationFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const spec = field(raw, "spec");
  const payload = text(field(spec, "payload")) ?? "";
  return {
    name: metadata.name,
    uid: metadata.uid,
    payload,
    signatures: items(field(spec, "signatures")).flatMap((one) => {
      const keyid = text(field(one, "keyid"));
      const sig = text(field(one, "sig"));
      return keyid === undefined || sig === undefined ? [] : [{ keyid, sig }];
    }),
    statement: parseStatement(text(field(spec, "payloadType")) ?? "", payload),
  };
};
