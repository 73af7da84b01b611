import { type Case, type Cases, bad, good, type Json, refused, stored, zoneWith } from "./case.ts";

/** Public keys as `openssl pkey -pubout` prints them; nobody has the private ones. */
export const publicKeys = {
  ed25519:
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAoITcKgzBefFfXEyCQmW291pXHLvRSz///DFTZdggUec=\n-----END PUBLIC KEY-----\n",
  p256: "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYRJjW9DjFepOmUPI+IHwhpXRhyEj\nBa9/Djy5r/S3tTmZy2UR6JHrJSMlZAgOtSBFaXUdPUUSv4nYBJBgmHt7nA==\n-----END PUBLIC KEY-----\n",
  p384: "-----BEGIN PUBLIC KEY-----\nMHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEx33hliNyJwEuA+iLl3zb7cuE+al1o4Cv\nuPZRavIo1qbF7XPgJJf1SlWyTCfU9fzzUoJEOWc0dVcwjsCovA7ryMW3OcET7xPe\nDmvGo6BQmKpISxCk7Vc8UoJ72yaMUDjC\n-----END PUBLIC KEY-----\n",
  private:
    "-----BEGIN PRIVATE KEY-----\nMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM\n-----END PRIVATE KEY-----\n",
} as const;

const attesting = (...keys: readonly Json[]): Json =>
  zoneWith({ nodes: { provider: "OCI", regions: ["us-ashburn-1"], minimumTrust: "Attested", attestation: { keys } } });
const pipeline = { name: "pipeline-2026", publicKey: publicKeys.ed25519 };
/** A zone at level Attested that names this key. */
export const keyed = (publicKey: string): Json => attesting({ name: "pipeline-2026", publicKey });
const noKey = (publicKey: string): Case =>
  refused(keyed(publicKey), "spec.nodes.attestation.keys[0].publicKey", "must be one public key in PEM");

const payload = (statement: unknown): string => Buffer.from(JSON.stringify(statement)).toString("base64");
const statement = {
  nodeUID: "0c7c2b5e-6f6a-4d59-9c5e-5d0f6a3f2a11",
  providerID: "ocid1.instance.oc1.iad.anuwcljrx",
  machineID: "ec2a9f1d8c5b4e3d9f0a1b2c3d4e5f60",
  region: "us-ashburn-1",
  notAfter: "2027-01-31T00:00:00Z",
};
const sig = "A".repeat(86) + "==";
const signature = { keyid: "pipeline-2026", sig };

/** A NodeAttestation with these fields of spec instead; undefined leaves a field out. */
const attestation = (spec: Json): Json => ({
  apiVersion: "domicile.dev/v1alpha1",
  kind: "NodeAttestation",
  metadata: { name: "0c7c2b5e-6f6a-4d59-9c5e-5d0f6a3f2a11" },
  spec: JSON.parse(
    JSON.stringify({
      payloadType: "application/vnd.domicile.node-attestation.v1alpha1+json",
      payload: payload(statement),
      signatures: [signature],
      ...spec,
    }),
  ),
});
const stating = (parts: Json): Json =>
  attestation({ payload: payload(JSON.parse(JSON.stringify({ ...statement, ...parts }))) });

/** What zones say of attestation, and NodeAttestations. */
export const attestationCases: Cases = {
  "a zone may ask for attested nodes and name keys": good(
    attesting(pipeline, { name: "pipeline-2025", publicKey: publicKeys.p256 }),
  ),
  "a key may come with the line ends of another system": good(keyed(publicKeys.p256.replaceAll("\n", "\r\n"))),
  "a key may end without a line end": good(keyed(publicKeys.ed25519.trimEnd())),
  "keys may be named before they are asked for": good(
    zoneWith({ nodes: { provider: "OCI", regions: ["us-ashburn-1"], attestation: { keys: [pipeline] } } }),
  ),
  "a zone that asks for attested nodes and names no key is refused": refused(
    zoneWith({ nodes: { provider: "OCI", regions: ["us-ashburn-1"], minimumTrust: "Attested" } }),
    "spec.nodes.attestation",
    "is required when minimumTrust is Attested",
  ),
  "an empty list of keys is refused": bad(attesting(), ["spec.nodes.attestation.keys", "at least 1 items"], {
    "spec.nodes.attestation.keys": "needs at least one item",
  }),
  "more than eight keys are refused": bad(
    attesting(...Array.from({ length: 9 }, (_, at) => ({ ...pipeline, name: `pipeline-${at}` }))),
    ["spec.nodes.attestation.keys: Too many: 9: must have at most 8 items"],
    { "spec.nodes.attestation.keys": "at most 8 are allowed" },
  ),
  "two keys of one name are refused": bad(attesting(pipeline, pipeline), ["Duplicate value"], {
    "spec.nodes.attestation.keys[1]": "repeats",
  }),
  "a private key in a zone is refused": noKey(publicKeys.private),
  "a key of another curve is refused": noKey(publicKeys.p384),
  "two keys in one text are refused": noKey(publicKeys.ed25519 + publicKeys.ed25519),
  "a key with something before it is refused": noKey(`pipeline: ${publicKeys.ed25519}`),
  "a key that is cut short is refused": noKey(publicKeys.ed25519.replace("gUec=", "gUe=")),

  "an attestation is an envelope": good(attestation({})),
  "an envelope of another kind is refused": bad(
    attestation({ payloadType: "application/vnd.in-toto+json" }),
    ["spec.payloadType: Unsupported value"],
    { "spec.payloadType": "must be application/vnd.domicile.node-attestation.v1alpha1+json" },
  ),
  "an envelope without a signature is refused": bad(attestation({ signatures: [] }), ["at least 1 items"], {
    "spec.signatures": "needs at least one item",
  }),
  "a payload of the URL's alphabet is refused": refused(
    attestation({ payload: "eyJh_-==" }),
    "spec.payload",
    "must be base64 of the standard alphabet",
  ),
  "a payload with bits that no byte takes is refused": refused(
    attestation({ payload: "eyJhIjoxfR==" }),
    "spec.payload",
    "must be base64 of the standard alphabet",
  ),
  "a payload of megabytes is refused": bad(attestation({ payload: "AAAA".repeat(513) }), ["spec.payload: Too long"], {
    "spec.payload": "is longer than 2048 characters",
  }),
  "a signature of a kilobyte is refused": bad(
    attestation({ signatures: [{ ...signature, sig: "AAAA".repeat(25) }] }),
    ["spec.signatures[0].sig: Too long"],
    { "spec.signatures[0].sig": "is longer than 96 characters" },
  ),
  "a payload that is no JSON is stored, and says nothing": stored(attestation({ payload: "AAAA" }), {
    payload: "must be an object",
  }),
  "a statement with a field of a later version is stored, and says nothing": stored(stating({ notBefore: "x" }), {
    "payload.notBefore": "is not a field here",
  }),
  "a statement without a machine is stored, and says nothing": stored(stating({ machineID: undefined }), {
    "payload.machineID": "is required",
  }),
  "a statement about a node without UID is stored, and says nothing": stored(stating({ nodeUID: "" }), {
    "payload.nodeUID": "must not be empty",
  }),
  "a statement with a region's key is stored, and says nothing": stored(stating({ region: "iad" }), {
    "payload.region": "did you mean us-ashburn-1?",
  }),
  "a statement with a time of another zone is stored, and says nothing": stored(
    stating({ notAfter: "2027-01-31T00:00:00+01:00" }),
    { "payload.notAfter": "is longer than 20 characters" },
  ),
  "a statement until the 31st of February is stored, and says nothing": stored(
    stating({ notAfter: "2027-02-31T00:00:00Z" }),
    { "payload.notAfter": "must be a time in UTC" },
  ),
};
