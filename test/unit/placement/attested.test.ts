import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import { verdict } from "../../../src/placement/verdict.ts";
import type { AttestationFacts, NodeFacts } from "../../../src/zone/facts.ts";
import { listed } from "../../../src/zone/listed.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { kept, pairOf, signed, signedObject, statementOf } from "../attestation/signed.ts";
import { node, zone } from "../world.ts";

const pipeline = pairOf("pipeline");
const next = pairOf("pipeline-next");
const stranger = pairOf("stranger");
const us = zone({ minimumTrust: "Attested", attestationKeys: [pipeline.public, next.public] });
const a = node("a");
const spring = Date.UTC(2026, 3, 1);

type Case = {
  readonly node?: NodeFacts;
  readonly others?: readonly NodeFacts[];
  readonly zone?: Zone;
  readonly attestations: readonly AttestationFacts[];
  readonly now?: number;
  readonly gives: string;
  readonly detail?: RegExp;
};

const judge = ({ node: judged = a, others = [], zone: of = us, attestations, now = spring }: Case) =>
  verdict(listed({ nodes: [judged, ...others], attestations, signedBy: makeSignatureCheck(), now }), judged, of);

const good = signed("good", statementOf(a), pipeline);
/** The same node made anew: the machine is what it was, the UID is not. */
const again = { ...a, uid: "uid-a-again" };
/** Another node whose kubelet reports the machine of `a`. */
const b = node("b", { machineID: "machine-a" });
const phoenix = node("a", { providerID: "ocid1.instance.oc1.phx.anyhqljta", labels: {} });

const cases: Readonly<Record<string, Case>> = {
  "a node that is attested and says the same is verified": {
    attestations: [good],
    gives: "Verified NodeAttested",
    detail: /NodeAttestation good, signed with key pipeline, attests it until 2027-01-01T00:00:00Z/,
  },
  "P7 a node that nobody attested is unknown": {
    attestations: [],
    gives: "Unknown AttestationMissing",
    detail: /no NodeAttestation names UID uid-a/,
  },
  "P7 an attestation that has expired is none": {
    attestations: [good],
    now: Date.UTC(2027, 0, 1),
    gives: "Unknown AttestationExpired",
    detail: /good was good until 2027-01-01T00:00:00Z/,
  },
  "an attestation holds to its last moment": {
    attestations: [good],
    now: Date.UTC(2027, 0, 1) - 1,
    gives: "Verified NodeAttested",
  },
  "P7 a node that registered again under its name is not the one that was attested": {
    node: again,
    attestations: [good],
    gives: "Unknown AttestationOfAnotherNode",
    detail: /good names UID uid-a, and this node's is uid-a-again/,
  },
  "P7 a node that reports another's machine is not the one that was attested": {
    node: b,
    others: [a],
    attestations: [good],
    gives: "Unknown AttestationOfAnotherNode",
  },
  "P7 a node with another's providerID is not the machine that was attested": {
    node: node("a", { providerID: "ocid1.instance.oc1.iad.victim" }),
    attestations: [good],
    gives: "Unknown AttestationMismatch",
    detail:
      /providerID: good says ocid1\.instance\.oc1\.iad\.anuwcljta, the node says ocid1\.instance\.oc1\.iad\.victim/,
  },
  "P7 the same machine in another spelling is another claim": {
    node: node("a", { providerID: "oci://ocid1.instance.oc1.iad.anuwcljta" }),
    attestations: [good],
    gives: "Unknown AttestationMismatch",
  },
  "P7 a node that reports another machine is not the machine that was attested": {
    node: node("a", { machineID: "machine-b" }),
    attestations: [good],
    gives: "Unknown AttestationMismatch",
    detail: /machineID: good says machine-a, the node says machine-b/,
  },
  "P7 a node that reports no machine is not the machine that was attested": {
    node: node("a", { machineID: undefined }),
    attestations: [good],
    gives: "Unknown AttestationMismatch",
    detail: /the node says nothing/,
  },
  "P7 a region of the zone that is not the node's is a contradiction": {
    node: phoenix,
    attestations: [signed("good", statementOf(phoenix), pipeline)],
    gives: "Unknown AttestationMismatch",
    detail: /region: good says us-ashburn-1, the node says us-phoenix-1/,
  },
  "P7 a key that the zone does not name signs nothing": {
    attestations: [signed("theirs", statementOf(a), stranger)],
    gives: "Unknown AttestationKeyUnknown",
    detail: /theirs is signed with stranger; zone us names pipeline, pipeline-next/,
  },
  "P7 a key under another's name signs nothing": {
    attestations: [signed("theirs", statementOf(a), { ...stranger, public: pipeline.public })],
    gives: "Unknown AttestationSignatureInvalid",
    detail: /theirs, key pipeline of zone us/,
  },
  "P7 a statement that was edited is signed by nobody": {
    attestations: [
      kept({
        ...signedObject("edited", statementOf(a), pipeline),
        spec: {
          ...signedObject("edited", statementOf(a), pipeline).spec,
          payload: signedObject("edited", statementOf(a, { notAfter: "2037-01-01T00:00:00Z" }), pipeline).spec.payload,
        },
      }),
    ],
    gives: "Unknown AttestationSignatureInvalid",
  },
  "who has no key takes nothing away by adding statements": {
    attestations: [
      signed("a-theirs", statementOf(a, { providerID: "ocid1.instance.oc1.iad.other" }), stranger),
      good,
      signed("z-theirs", statementOf(a, { machineID: "other" }), { ...stranger, public: pipeline.public }),
    ],
    gives: "Verified NodeAttested",
  },
  "while one key replaces another either signs": {
    attestations: [signed("renewed", statementOf(a), next)],
    gives: "Verified NodeAttested",
  },
  "P7 a key that was taken out of the zone signs nothing any more": {
    zone: { ...us, attestationKeys: [next.public] },
    attestations: [good],
    gives: "Unknown AttestationKeyUnknown",
  },
  "a statement that was renewed stands beside the old one": {
    attestations: [good, signed("renewed", statementOf(a, { notAfter: "2028-01-01T00:00:00Z" }), pipeline)],
    gives: "Verified NodeAttested",
  },
  "a statement that was renewed outlives the old one": {
    attestations: [good, signed("renewed", statementOf(a, { notAfter: "2028-01-01T00:00:00Z" }), pipeline)],
    now: Date.UTC(2027, 5),
    gives: "Verified NodeAttested",
  },
  "P7 two signed statements that contradict each other are both disbelieved": {
    attestations: [good, signed("other", statementOf(a, { region: "us-phoenix-1" }), next)],
    gives: "Unknown AttestationsContradict",
    detail: /region: good says us-ashburn-1, other says us-phoenix-1/,
  },
  "P7 one machine that is attested for two nodes is neither": {
    others: [b],
    attestations: [good, signed("twin", statementOf(b), pipeline)],
    gives: "Unknown MachineAttestedTwice",
    detail: /twin attests machine machine-a for UID uid-b too/,
  },
  "a machine whose other node is gone is attested once": {
    attestations: [good, signed("twin", statementOf(b), pipeline)],
    gives: "Verified NodeAttested",
  },
  "a machine whose other node is going is attested once": {
    others: [{ ...b, deleting: true }],
    attestations: [good, signed("twin", statementOf(b), pipeline)],
    gives: "Verified NodeAttested",
  },
  "a machine whose other statement has expired is attested once": {
    others: [b],
    attestations: [good, signed("twin", statementOf(b, { notAfter: "2026-01-01T00:00:00Z" }), pipeline)],
    gives: "Verified NodeAttested",
  },
  "who has no key attests no machine twice": {
    others: [b],
    attestations: [good, signed("twin", statementOf(b), stranger)],
    gives: "Verified NodeAttested",
  },
  "P7 an attested node that is abroad is abroad": {
    node: node("a", { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljta", labels: {} }),
    attestations: [good],
    gives: "Rejected RegionOutsideZone",
  },
  "P7 an attested node whose beta label contradicts is rejected": {
    node: node("a", { labels: { "failure-domain.beta.kubernetes.io/region": "phx" } }),
    attestations: [good],
    gives: "Rejected LabelContradictsProvider",
  },
  "P7 an attested node without a providerID is unknown": {
    node: node("a", { providerID: undefined }),
    attestations: [good],
    gives: "Unknown ProviderIDMissing",
  },
  "P7 an attested newcomer that claims an older node's machine is rejected": {
    node: node("a", { created: 2_000, providerID: "ocid1.instance.oc1.iad.twin" }),
    others: [node("older", { providerID: "ocid1.instance.oc1.iad.twin" })],
    attestations: [signed("good", statementOf(a, { providerID: "ocid1.instance.oc1.iad.twin" }), pipeline)],
    gives: "Rejected ProviderIDDuplicated",
  },
  "a zone that does not ask for attestation heeds none": {
    zone: zone({ attestationKeys: [pipeline.public] }),
    attestations: [],
    gives: "Verified EvidenceConsistent",
  },
};

describe("P7 at level Attested nothing is believed but what is signed", () => {
  for (const [sentence, one] of Object.entries(cases))
    test(sentence, () => {
      const { kind, reason, detail } = judge(one);
      assert.equal(`${kind} ${reason}`, one.gives);
      if (one.detail !== undefined) assert.match(detail, one.detail);
    });

  test("P7 both nodes of one machine lose, whoever is asked", () => {
    const attestations = [good, signed("twin", statementOf(b), pipeline)];
    const reasons = [a, b].map((judged) => judge({ node: judged, others: [a, b], attestations, gives: "" }).reason);
    assert.deepEqual(reasons, ["MachineAttestedTwice", "MachineAttestedTwice"]);
  });
});

describe("a verdict says until when it holds", () => {
  const ends: Readonly<Record<string, readonly [Case, number | undefined]>> = {
    "for an attested node": [{ attestations: [good], gives: "" }, Date.UTC(2027, 0, 1)],
    "of two statements to the first end, when one of them goes": [
      { attestations: [good, signed("brief", statementOf(a, { notAfter: "2026-05-01T00:00:00Z" }), next)], gives: "" },
      Date.UTC(2026, 4, 1),
    ],
    "of a machine that is attested twice to the end of the other statement": [
      {
        others: [b],
        attestations: [good, signed("twin", statementOf(b, { notAfter: "2026-05-01T00:00:00Z" }), pipeline)],
        gives: "",
      },
      Date.UTC(2026, 4, 1),
    ],
    "never, when time mends nothing": [{ attestations: [], gives: "" }, undefined],
    "never, where nothing is asked": [{ zone: zone(), attestations: [good], gives: "" }, undefined],
  };
  for (const [sentence, [one, until]] of Object.entries(ends))
    test(sentence, () => assert.equal(judge(one).until, until));
});

test("P7 a World that was told no time, or cannot check signatures, believes nothing", () => {
  const lists = { nodes: [a], attestations: [good] };
  assert.equal(verdict(listed({ ...lists, signedBy: makeSignatureCheck() }), a, us).reason, "AttestationExpired");
  assert.equal(verdict(listed({ ...lists, now: spring }), a, us).reason, "AttestationSignatureInvalid");
});

test("P7 an end that comes while a node is judged is not missed", () => {
  const times = [Date.UTC(2027, 0, 1) - 1, Date.UTC(2027, 0, 1)];
  const known = listed({ nodes: [a], attestations: [good], signedBy: makeSignatureCheck() });
  const world = {
    ...known,
    get now() {
      return times.shift() ?? Infinity;
    },
  };
  const { kind, until } = verdict(world, a, us);
  assert.deepEqual({ kind, until }, { kind: "Verified", until: Date.UTC(2027, 0, 1) });
});
