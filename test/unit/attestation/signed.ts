import { generateKeyPairSync } from "node:crypto";
import type { StatementText } from "../../../src/api/node-attestation.ts";
import { readSigner, signStatement } from "../../../src/attestation/sign.ts";
import { projectAttestation } from "../../../src/zone/attestation-facts.ts";
import type { AttestationFacts, NodeFacts } from "../../../src/zone/facts.ts";
import type { AttestationKey } from "../../../src/zone/zone.ts";

/** A pair of keys in PEM, the public one under the name that signatures call it. */
export type Pair = { readonly public: AttestationKey; readonly private: string };

const pem = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;

/** A new pair of keys for each kind that may sign. */
export const kinds: Readonly<Record<string, (name: string) => Pair>> = {
  Ed25519: (name) => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519", pem);
    return { public: { name, publicKey }, private: privateKey };
  },
  "P-256": (name) => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256", ...pem });
    return { public: { name, publicKey }, private: privateKey };
  },
};

/** A new pair of Ed25519 keys. */
export const pairOf = (name: string): Pair => {
  const made = kinds["Ed25519"]?.(name);
  if (made === undefined) throw new Error("there is no Ed25519");
  return made;
};

/** What is true of a node in Ashburn, until 2027, unless told otherwise. */
export const statementOf = (node: NodeFacts, parts: Partial<StatementText> = {}): StatementText => ({
  nodeUID: node.uid,
  providerID: node.providerID ?? "none",
  machineID: node.machineID ?? "none",
  region: "us-ashburn-1",
  notAfter: "2027-01-01T00:00:00Z",
  ...parts,
});

/** The object that `pair` signed, as the API server gives it. */
export const signedObject = (name: string, statement: StatementText, pair: Pair) => {
  const signer = readSigner(pair.private);
  if (!signer.ok) throw new Error(signer.problem);
  return { metadata: { name, uid: `uid-${name}` }, spec: signStatement(statement, pair.public.name, signer) };
};

/** What is kept of an object of the API server; a test that gives something else fails at once. */
export const kept = (object: unknown): AttestationFacts => {
  const facts = projectAttestation(object);
  if (facts === undefined) throw new Error("this is no object");
  return facts;
};

/** An attestation as it is kept. */
export const signed = (name: string, statement: StatementText, pair: Pair): AttestationFacts =>
  kept(signedObject(name, statement, pair));
