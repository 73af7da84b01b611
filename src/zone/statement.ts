import { attestationPayloadType, attestationStatement, type StatementText } from "../api/node-attestation.ts";
import { structural } from "../api/structural.ts";
import type { Parsed } from "./problem.ts";
import { read } from "./read.ts";

/** What an attestation says of a node; `notAfter` in milliseconds since 1970. */
export type Statement = Omit<StatementText, "notAfter"> & { readonly notAfter: number };

const schema = structural(attestationStatement);

/** The statement in a payload of this type, or every problem with it; never throws. It says nothing of who signed it. */
export const parseStatement = (payloadType: string, payload: string): Parsed<Statement> => {
  if (payloadType !== attestationPayloadType) return fault("payloadType", `must be ${attestationPayloadType}`);
  const { value, problems } = read(schema, json(payload), "payload");
  if (problems.length > 0) return { ok: false, problems };
  const stated = value as StatementText;
  return { ok: true, value: { ...stated, notAfter: Date.parse(stated.notAfter) } };
};

/** The JSON in base64; undefined for what is none. */
const json = (payload: string): unknown => {
  try {
    const bytes = Uint8Array.fromBase64(payload, { lastChunkHandling: "strict" });
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
};

const fault = (path: string, message: string): Parsed<Statement> => ({ ok: false, problems: [{ path, message }] });
