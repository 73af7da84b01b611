import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeLabel } from "../../../src/api/names.ts";
import { planLabels } from "../../../src/controllers/nodes.ts";
import { countNodes } from "../../../src/controllers/node-count.ts";
import { notVerifiedMax } from "../../../src/api/zone-node-status.ts";
import { labelKeyProblem } from "../../../src/labels/label.ts";
import { place } from "../../../src/placement/place.ts";
import { verdict } from "../../../src/placement/verdict.ts";
import type { AttestationFacts, NodeFacts } from "../../../src/zone/facts.ts";
import { listed } from "../../../src/zone/listed.ts";
import type { World } from "../../../src/zone/world.ts";
import { namespace, node, region, world, zone, zoneRecord } from "../world.ts";

const longest = "z".repeat(63);

test("a zone whose name has 63 characters has a node label that Kubernetes takes, and pins pods to it", () => {
  const judged = node("a");
  const seen = world({
    zones: [zoneRecord(zone({ name: longest }))],
    nodes: [judged],
    namespaces: [namespace("payments", { zone: longest, sealed: longest })],
  });
  assert.deepEqual(planLabels(seen, judged).add, [longest]);
  assert.equal(labelKeyProblem(nodeLabel(longest)), undefined);
  const question = { namespace: "payments", operation: "CREATE", byNode: false, wasGated: false } as const;
  const placed = place(seen, { spec: { nodeSelector: { [nodeLabel(longest)]: "verified" } } }, question);
  assert.equal(placed.kind, "inPlace");
});

/** A map that is looked up in and never walked over. */
const lookedUp = <K, V>(entries: Iterable<readonly [K, V]>): ReadonlyMap<K, V> => {
  const walks = (): never => {
    throw new Error("a verdict walks over all there is");
  };
  return Object.assign(new Map(entries), {
    entries: walks,
    forEach: walks,
    keys: walks,
    values: walks,
    [Symbol.iterator]: walks,
  });
};

const attested = zone({ minimumTrust: "Attested", attestationKeys: [{ name: "pipeline", publicKey: "theirs" }] });
const many = Array.from({ length: 5_000 }, (_, at) => node(`n${at}`));
const statements = many.map(({ name, uid, providerID = "", machineID = "" }): AttestationFacts => ({
  name,
  uid: `of-${uid}`,
  payload: "",
  signatures: [],
  statement: { ok: true, value: { nodeUID: uid, providerID, machineID, region: "us-ashburn-1", notAfter: 1 } },
}));

test("of 5,000 attested nodes each is judged by lookups alone, and its signature asked for as often as it is read", () => {
  let asked = 0;
  const whole = listed({
    nodes: many,
    attestations: statements,
    now: 0,
    signedBy: () => {
      asked += 1;
      return true;
    },
  });
  const seen: World = { ...whole, nodes: lookedUp(whole.nodes) };
  for (const judged of many) assert.equal(verdict(seen, judged, attested).reason, "NodeAttested");
  // Once to believe it, once to find no other of its machine, once to say so.
  assert.ok(asked <= 3 * many.length, `${asked}`);
});

test("100 zones judge a node without walking over the others", () => {
  const zones = Array.from({ length: 100 }, (_, at) => zoneRecord(zone({ name: `zone-${at}` })));
  const whole = listed({ zones, nodes: many });
  const [judged] = many;
  assert.ok(judged);
  assert.equal(planLabels({ ...whole, nodes: lookedUp(whole.nodes) }, judged).add.length, 100);
});

test("5,000 nodes without a providerID are unknown, and a status names as many as it holds", () => {
  const bare = many.map(({ name }): NodeFacts => node(name, { providerID: undefined }));
  const { nodes, notVerified, against } = countNodes(listed({ nodes: bare }), "us", zone());
  assert.deepEqual(nodes, { verified: 0, rejected: 0, unknown: 5_000 });
  assert.equal(notVerified.length, notVerifiedMax);
  assert.deepEqual([...against], [["ProviderIDMissing", 5_000]]);
});

test("5,000 nodes of other regions are plainly elsewhere for 100 zones, and none of them is near", () => {
  const london = zone({ regions: [region("uk-london-1")] });
  const { nodes } = countNodes(listed({ nodes: many }), "us", london);
  assert.deepEqual(nodes, { verified: 0, rejected: 5_000, unknown: 0 });
});
