import { createPrivateKey, sign, type KeyObject } from "node:crypto";
import { attestationPayloadType, type StatementText } from "../api/node-attestation.ts";
import { digestOf } from "./algorithms.ts";
import { preAuthentication } from "./pae.ts";

/** A private key that can sign, or in words why this text is none. The words never hold any of it. */
export type Signer =
  | { readonly ok: true; readonly key: KeyObject; readonly digest: "sha256" | null }
  | { readonly ok: false; readonly problem: string };

/** Reads a private key in PEM: Ed25519 or ECDSA on P-256, not encrypted. */
export const readSigner = (pem: string): Signer => {
  if (pem.includes("ENCRYPTED")) return { ok: false, problem: "is encrypted; decrypt it first, as with openssl pkey" };
  if (pem.includes("BEGIN OPENSSH"))
    return { ok: false, problem: "is in OpenSSH's own format; make one with openssl genpkey -algorithm ed25519" };
  try {
    const key = createPrivateKey(pem);
    const digest = digestOf(key);
    return digest === undefined
      ? { ok: false, problem: "is neither Ed25519 nor ECDSA on P-256" }
      : { ok: true, key, digest };
  } catch {
    // OpenSSL's words help nobody, and may quote what stands there.
    return { ok: false, problem: "is no private key in PEM" };
  }
};

/** The spec of a NodeAttestation: the statement as bytes, and the signature under the key's name. */
export const signStatement = (
  statement: StatementText,
  keyid: string,
  { key, digest }: Extract<Signer, { readonly ok: true }>,
) => {
  const { nodeUID, providerID, machineID, region, notAfter } = statement;
  const payload = Buffer.from(JSON.stringify({ nodeUID, providerID, machineID, region, notAfter }));
  const sig = sign(digest, preAuthentication(payload), key);
  return {
    payloadType: attestationPayloadType,
    payload: payload.toString("base64"),
    signatures: [{ keyid, sig: sig.toString("base64") }],
  };
};
