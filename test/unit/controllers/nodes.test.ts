import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeLabel } from "../../../src/api/names.ts";
import { planLabels, reconcileNode } from "../../../src/controllers/nodes.ts";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import type { Transport } from "../../../src/kube/transport.ts";
import type { NodeFacts } from "../../../src/zone/facts.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import { pairOf, signed, statementOf } from "../attestation/signed.ts";
import { node, region, world, zone, zoneRecord } from "../world.ts";

const us = zoneRecord(zone());
const east = zoneRecord(zone({ name: "east", regions: [region("us-ashburn-1")] }));
const invalid = { ...us, parsed: { ok: false, problems: [{ path: "spec.nodes.regions", message: "?" }] } } as const;
const frankfurt = { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljtx", labels: {} };

type Case = {
  readonly zones: readonly ZoneRecord[];
  readonly node: Partial<NodeFacts>;
  readonly gives: Partial<Record<"keep" | "add" | "remove", readonly string[]>>;
};
const cases: Readonly<Record<string, Case>> = {
  "a verified node is labelled": { zones: [us], node: {}, gives: { keep: ["us"], add: ["us"] } },
  "a node in two zones bears both labels (P19)": {
    zones: [us, east],
    node: {},
    gives: { keep: ["east", "us"], add: ["us", "east"] },
  },
  "a labelled node is left alone": {
    zones: [us],
    node: { labels: { [nodeLabel("us")]: "verified" } },
    gives: { keep: ["us"] },
  },
  "a wrong value is put right": {
    zones: [us],
    node: { labels: { [nodeLabel("us")]: "yes" } },
    gives: { keep: ["us"], add: ["us"] },
  },
  "a node that turned bad loses the label (P8)": {
    zones: [us],
    node: { ...frankfurt, labels: { [nodeLabel("us")]: "verified" } },
    gives: { remove: ["us"] },
  },
  "a forged label with another value goes too (P21)": {
    zones: [us],
    node: { ...frankfurt, labels: { [nodeLabel("us")]: "yes" } },
    gives: { remove: ["us"] },
  },
  "P7 a node loses the label of a zone that asks for more than its word": {
    zones: [zoneRecord(zone({ minimumTrust: "Attested", attestationKeys: [pairOf("pipeline").public] }))],
    node: { labels: { [nodeLabel("us")]: "verified" } },
    gives: { remove: ["us"] },
  },
  "a node keeps the label of a zone that is gone": {
    zones: [],
    node: { labels: { [nodeLabel("us")]: "verified" } },
    gives: { keep: ["us"] },
  },
  "a node keeps the label of a zone that is not valid any more": {
    zones: [invalid],
    node: { ...frankfurt, labels: { [nodeLabel("us")]: "verified" } },
    gives: { keep: ["us"] },
  },
};

for (const [sentence, { zones, node: parts, gives }] of Object.entries(cases))
  test(sentence, () => {
    const judged = node("a", parts);
    const { keep, add, remove } = planLabels(world({ zones, nodes: [judged] }), judged);
    assert.deepEqual({ keep, add, remove }, { keep: [], add: [], remove: [], ...gives });
  });

/** Nothing here writes to a node, so nothing may be asked of an API server. */
const nobody: Transport = {
  request: (method, path) => Promise.reject(new Error(`${method} ${path}`)),
  stream: () => {
    throw new Error("nothing is watched here");
  },
  close: () => Promise.resolve(),
};

test("a node that has its zone is not told that it is outside all others", async () => {
  const reasons: string[] = [];
  const judged = node("a", { ...frankfurt, labels: { ...frankfurt.labels, [nodeLabel("eu")]: "verified" } });
  const eu = zoneRecord(zone({ name: "eu", regions: [region("eu-frankfurt-1")] }));
  const reconcile = reconcileNode({
    since: 0,
    transport: nobody,
    world: {
      ...world({ nodes: [judged] }),
      zones: new Map([
        ["eu", eu],
        ["us", us],
      ]),
    },
    events: { report: async ({ reason }) => void reasons.push(reason) },
  });
  await reconcile("a", new AbortController().signal);
  assert.deepEqual(reasons, []);
});

test("an event tells of a verdict that changed, and a new zone repeats none of the others", async () => {
  const notes: string[] = [];
  const judged = node("a", frankfurt);
  const zones = new Map([["us", us]]);
  const reconcile = reconcileNode({
    since: 0,
    transport: nobody,
    world: { ...world({ nodes: [judged] }), zones },
    events: { report: async ({ note }) => void notes.push(/Zone \w+: \w+/.exec(note)?.[0] ?? note) },
  });
  const { signal } = new AbortController();
  await reconcile("a", signal);
  await reconcile("a", signal);
  assert.deepEqual(notes, ["Zone us: Rejected"]);
  zones.set("east", east);
  await reconcile("a", signal);
  assert.deepEqual(notes, ["Zone us: Rejected", "Zone east: Rejected"]);
});

test("P7 a node is looked at again when what is attested of it expires", async () => {
  const pipeline = pairOf("pipeline");
  const asking = zoneRecord(zone({ minimumTrust: "Attested", attestationKeys: [pipeline.public] }));
  const judged = node("a", { labels: { ...node("a").labels, [nodeLabel("us")]: "verified" } });
  const now = Date.UTC(2026, 11, 31, 23, 59);
  const reconcile = reconcileNode({
    since: 0,
    transport: nobody,
    world: world({
      zones: [asking],
      nodes: [judged],
      attestations: [signed("good", statementOf(judged), pipeline)],
      signedBy: makeSignatureCheck(),
      now,
    }),
    events: { report: () => Promise.reject(new Error("nothing is told")) },
  });
  assert.deepEqual(await reconcile("a", new AbortController().signal), { kind: "again", afterMs: 60_000 });
});
