import assert from "node:assert/strict";
import { test } from "node:test";
import { rememberNodes } from "../../../src/controllers/node-count.ts";
import { Store } from "../../../src/kube/store.ts";
import type { NodeFacts } from "../../../src/zone/facts.ts";
import { node, region, world, zone } from "../world.ts";

const setup = () => {
  const store = new Store<NodeFacts>(() => 0);
  const put = (facts: NodeFacts): void => store.take({ kind: "applied", key: facts.name, value: facts });
  put(node("a"));
  const { countNodes, end } = rememberNodes(store);
  return { put, end, count: (of = zone()) => countNodes({ ...world({}), nodes: store.view }, "us", of) };
};

test("nodes are counted once while neither they nor the zone change", () => {
  const { count } = setup();
  const first = count();
  assert.equal(first.nodes.verified, 1);
  assert.equal(count(), first, "the zone was read anew and is the same");
});

test("a node that comes or moves is counted", () => {
  const { put, count } = setup();
  count();
  put(node("b"));
  assert.equal(count().nodes.verified, 2);
  put(node("b", { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljtx" }));
  assert.deepEqual(count().nodes, { verified: 1, rejected: 1, unknown: 0 });
});

test("a zone that changes judges its nodes anew", () => {
  const { count } = setup();
  count();
  assert.equal(count(zone({ regions: [region("uk-london-1")] })).nodes.verified, 0);
});
