import { Type } from "typebox";
import { rule } from "./rule.ts";
import { nameText } from "./texts.ts";

/**
 * A SubjectPublicKeyInfo in PEM as `openssl pkey -pubout` writes it: of Ed25519, whose DER is 12 fixed bytes and the
 * key, or of P-256, whose DER is 27 fixed bytes and an uncompressed point. The fixed bytes name the algorithm.
 */
const publicKey =
  /^-----BEGIN PUBLIC KEY-----\r?\n(MCowBQYDK2VwAyEA[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{28}\r?\n?[A-Za-z0-9+/]{57}[AQgw]==)\r?\n-----END PUBLIC KEY-----(\r?\n)?$/;

/** A pattern of ours as the text of a CEL string. */
const inCel = (pattern: RegExp): string => pattern.source.replaceAll("\\", "\\\\");

const key = Type.Object(
  {
    name: nameText("What signatures call the key (their keyid). Example: pipeline-2026."),
    publicKey: Type.String({
      description:
        "The key as `openssl pkey -in key.pem -pubout` prints it: PEM, Ed25519 or ECDSA on P-256, and nothing else.",
      maxLength: 256,
      rules: [
        rule<string>({
          cel: `self.matches('${inCel(publicKey)}')`,
          says: "must be one public key in PEM (BEGIN PUBLIC KEY) of Ed25519 or of ECDSA on P-256, as openssl pkey -pubout prints it",
          holds: (text) => publicKey.test(text),
        }),
      ],
    }),
  },
  { description: "A key that may sign statements about nodes." },
);

/** spec.nodes.attestation of a ResidencyZone. */
export const zoneAttestation = Type.Object(
  {
    keys: Type.Array(key, {
      description:
        "Public keys, 1 to 8. A statement that any of them signed counts, so whoever holds one of the private keys says which machines are in the zone. Name two while one replaces the other.",
      minItems: 1,
      maxItems: 8,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
    }),
  },
  {
    description:
      "Whose signed statements about nodes the zone believes, at minimumTrust Attested. docs/attestation.md says who should hold the private keys. Example: {keys: [{name: pipeline-2026, publicKey: …}]}.",
  },
);
