import { createPublicKey, verify, type KeyObject } from "node:crypto";
import type { AttestationFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { digestOf } from "./algorithms.ts";
import { preAuthentication } from "./pae.ts";

/**
 * Checks signatures, and remembers what it found of each attestation as long as that is kept: a verdict asks each time,
 * and a signature costs 0.1 to 0.2 ms. Never throws; what cannot be read is not signed.
 */
export const makeSignatureCheck = (): World["signedBy"] => {
  const known = new WeakMap<AttestationFacts, Map<string, boolean>>();
  const read = keyReader();
  return (attestation, { name, publicKey }) => {
    const found = known.get(attestation) ?? new Map<string, boolean>();
    known.set(attestation, found);
    const id = `${name} ${publicKey}`;
    const before = found.get(id);
    if (before !== undefined) return before;
    const is = isSignedBy(attestation, name, () => read(publicKey));
    found.set(id, is);
    return is;
  };
};

const isSignedBy = (
  { payload, signatures }: AttestationFacts,
  name: string,
  read: () => KeyObject | undefined,
): boolean => {
  const named = signatures.filter(({ keyid }) => keyid === name);
  const key = named.length === 0 ? undefined : read();
  const digest = key && digestOf(key);
  if (key === undefined || digest === undefined) return false;
  try {
    const signed = preAuthentication(bytes(payload));
    return named.some(({ sig }) => verify(digest, signed, key, bytes(sig)));
  } catch {
    return false;
  }
};

/** All keys of 100 zones; a process that saw more than that reads them anew. */
const keysMax = 800;

/** Reading a key costs as much as checking a signature, and thousands are checked with one. */
const keyReader = (): ((pem: string) => KeyObject | undefined) => {
  const keys = new Map<string, KeyObject | undefined>();
  return (pem) => {
    if (keys.has(pem)) return keys.get(pem);
    if (keys.size >= keysMax) keys.clear();
    const key = readKey(pem);
    keys.set(pem, key);
    return key;
  };
};

const readKey = (pem: string): KeyObject | undefined => {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
};

// Strict, so that one text stands for the same bytes: whoever changes a letter has changed what is signed.
const bytes = (base64: string): Uint8Array => Uint8Array.fromBase64(base64, { lastChunkHandling: "strict" });
