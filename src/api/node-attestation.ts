import { Type, type Static } from "typebox";
import type { Definition } from "./definition.ts";
import { rule } from "./rule.ts";
import { dnsLabelRule, metadata, regionText } from "./texts.ts";

/** What is signed, by its media type: it is signed with the payload, so that no statement is taken for another kind. */
export const attestationPayloadType = "application/vnd.domicile.node-attestation.v1alpha1+json";

// Padded, of the standard alphabet, and with zeros in the bits that no byte takes: one text for the same bytes.
const base64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$/;

const base64Text = (description: string, maxLength: number) =>
  Type.String({
    description,
    minLength: 4,
    maxLength,
    rules: [
      rule<string>({
        cel: `self.matches('${base64.source}')`,
        says: "must be base64 of the standard alphabet, padded, on one line",
        holds: (text) => base64.test(text),
      }),
    ],
  });

const signature = Type.Object(
  {
    keyid: Type.String({ description: "The key's name in spec.nodes.attestation.keys of the zone.", maxLength: 63 }),
    // 72 bytes are the longest signature of P-256 in DER; those of Ed25519 have 64.
    sig: base64Text(
      "The signature in base64, over the payload and its type in DSSE's pre-authentication encoding. ECDSA: with SHA-256, in DER.",
      96,
    ),
  },
  { description: "One key's signature." },
);

const schema = Type.Object(
  {
    metadata,
    spec: Type.Object(
      {
        payloadType: Type.Enum([attestationPayloadType], { description: "What the payload is." }),
        payload: base64Text(
          "The signed bytes in base64: a JSON object {nodeUID, providerID, machineID, region, notAfter}, all text. `domicile attest` makes it.",
          2048,
        ),
        signatures: Type.Array(signature, {
          description: "Signatures of the payload, 1 to 4; each zone heeds those of the keys that it names.",
          minItems: 1,
          maxItems: 4,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["keyid"],
        }),
      },
      {
        description: "The statement and its signatures, as an envelope of DSSE 1.0.",
        rules: [
          rule<unknown>({
            cel: "self == oldSelf",
            says: "may not be changed: make another NodeAttestation, then delete this one",
            // Files read offline have no form before.
            holds: () => true,
          }),
        ],
      },
    ),
  },
  {
    description:
      "A NodeAttestation is a signed statement about one node: which machine it is, where it is, and until when that may be believed. A ResidencyZone with minimumTrust Attested believes it if it names the key that signed it. Whoever may write NodeAttestations without a key changes nothing but by deleting.",
  },
);

/** The NodeAttestation. */
export const nodeAttestation: Definition<typeof schema> = {
  kind: "NodeAttestation",
  plural: "nodeattestations",
  singular: "nodeattestation",
  shortName: "natt",
  schema,
  columns: [
    { name: "Keys", type: "string", jsonPath: ".spec.signatures[*].keyid", description: "Who signed it" },
    { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  ],
};

// Date.parse takes the 31st of February for the 3rd of March.
const isTime = (text: string): boolean => {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace("Z", ".000Z");
};

const rfc3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/;

/** The statement in a payload. Another field is refused: one that this version cannot heed might restrict it. */
export const attestationStatement = Type.Object({
  nodeUID: Type.String({
    description: "metadata.uid of the Node.",
    minLength: 1,
    maxLength: 63,
    rules: [dnsLabelRule],
  }),
  providerID: Type.String({ description: "Its spec.providerID, letter by letter.", minLength: 1, maxLength: 255 }),
  machineID: Type.String({ description: "Its status.nodeInfo.machineID.", minLength: 1, maxLength: 128 }),
  region: regionText("The region where the machine is, by identifier."),
  notAfter: Type.String({
    description: "From when on the statement is worth nothing, as RFC 3339 in UTC.",
    maxLength: 20,
    rules: [
      rule<string>({
        cel: `self.matches('${rfc3339.source}')`,
        says: "must be a time in UTC such as 2027-01-31T00:00:00Z",
        holds: (text) => rfc3339.test(text) && isTime(text),
      }),
    ],
  }),
});

/** A statement as it is signed. */
export type StatementText = Static<typeof attestationStatement>;
