import assert from "node:assert/strict";
import { test } from "node:test";
import { worldOf } from "../../../src/controllers/live-world.ts";
import { verdict } from "../../../src/placement/verdict.ts";
import type { AttestationFacts, NodeFacts, PodFacts } from "../../../src/zone/facts.ts";
import { ownAddresses } from "../../../src/zone/own-networks.ts";
import { pairOf, signed, statementOf } from "../attestation/signed.ts";
import { node, pod, zone } from "../world.ts";
import { emptyStores, store } from "./stores.ts";

test("P7 an attestation that has expired stays so when the clock is set back", () => {
  const pipeline = pairOf("pipeline");
  const asking = zone({ minimumTrust: "Attested", attestationKeys: [pipeline.public] });
  const [nodes, attestations] = [store<NodeFacts>(), store<AttestationFacts>()];
  let now = Date.UTC(2026, 11);
  const world = worldOf({ ...emptyStores(), nodes, attestations }, { ownNamespace: "domicile-system" }, () => now);
  const a = node("a");
  nodes.take({ kind: "applied", key: "a", value: a });
  attestations.take({ kind: "applied", key: "good", value: signed("good", statementOf(a), pipeline) });
  assert.equal(verdict(world, a, asking).reason, "NodeAttested");
  now = Date.UTC(2027, 1);
  assert.equal(verdict(world, a, asking).reason, "AttestationExpired");
  now = Date.UTC(2026, 11);
  assert.equal(verdict(world, a, asking).reason, "AttestationExpired");
});

test("P15 pods are found by the zone whose label they bear themselves, as long as they bear it", () => {
  const pods = store<PodFacts>();
  const world = worldOf({ ...emptyStores(), pods }, { ownNamespace: "domicile-system" }, () => 0);
  const take = (name: string, labelled: string | undefined): void => {
    pods.take({ kind: "applied", key: `shop/${name}`, value: pod({ namespace: "shop", name, labelled }) });
  };
  const found = (of: string): readonly string[] => world.podsLabelled(of).map(({ name }) => name);
  take("a", "us");
  take("b", "eu");
  take("c", undefined);
  assert.deepEqual([found("us"), found("eu"), found("none")], [["a"], ["b"], []]);
  take("a", "eu");
  take("b", undefined);
  assert.deepEqual([found("us"), found("eu")], [[], ["a"]]);
});

test("own networks are the same value until a node's addresses change, and are read once for all who ask", () => {
  const nodes = store<NodeFacts>();
  const world = worldOf({ ...emptyStores(), nodes }, { ownNamespace: "domicile-system" }, () => 0);
  const take = (changed: Partial<NodeFacts>): void => {
    nodes.take({ kind: "applied", key: "a", value: { ...node("a"), podCIDRs: ["10.244.0.0/24"], ...changed } });
  };
  take({});
  const before = world.ownNetworks;
  const addresses = ownAddresses(before);
  take({ labels: { rack: "7" } });
  assert.equal(world.ownNetworks, before);
  assert.equal(ownAddresses(world.ownNetworks), addresses);
  take({ addresses: ["192.168.7.4"] });
  assert.deepEqual(world.ownNetworks, [...before, { called: "node a", cidr: "192.168.7.4/32" }]);
  assert.notDeepEqual(ownAddresses(world.ownNetworks), addresses);
});
