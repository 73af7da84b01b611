import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { AttestationFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { AttestationKey } from "../zone/zone.ts";
import { digestOf } from "./algorithms.ts";
import { preAuthentication } from "./pae.ts";

/**
 * Checks signatures, and remembers what it found of each attestation as long as that is kept: a verdict asks each time,
 * and a signature costs a tenth of a millisecond. Never throws; what cannot be read is not signed.
 */
export const makeSignatureCheck = (): World["signedBy"] => {
  const known = new WeakMap<AttestationFacts, Map<string, boolean>>();
  return (attestation, key) => {
    const found = known.get(attestation) ?? new Map<string, boolean>();
    known.set(attestation, found);
    const id = `${key.name} ${key.publicKey}`;
    const before = found.get(id);
    if (before !== undefined) return before;
    const is = isSignedBy(attestation, key);
    found.set(id, is);
    return is;
  };
};

const isSignedBy = ({ payload, signatures }: AttestationFacts, { name, publicKey }: AttestationKey): boolean => {
  const named = signatures.filter(({ keyid }) => keyid === name);
  if (named.length === 0) return false;
  try {
    const key: KeyObject = createPublicKey(publicKey);
    const digest = digestOf(key);
    if (digest === undefined) return false;
    const signed = preAuthentication(bytes(payload));
    return named.some(({ sig }) => verify(digest, signed, key, bytes(sig)));
  } catch {
    return false;
  }
};

// Strict, so that one text stands for the same bytes: whoever changes a letter has changed what is signed.
const bytes = (base64: string): Uint8Array => Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
