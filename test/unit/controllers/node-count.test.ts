import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { makeSignatureCheck } from "../../../src/attestation/verify.ts";
import { countNodes as countAll, rememberNodes } from "../../../src/controllers/node-count.ts";
import { Store } from "../../../src/kube/store.ts";
import { machineOf } from "../../../src/oci/machine.ts";
import type { AttestationFacts, NodeFacts } from "../../../src/zone/facts.ts";
import type { World } from "../../../src/zone/world.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { pairOf, signed, statementOf } from "../attestation/signed.ts";
import { node, region, world, zone, zoneRecord } from "../world.ts";

const us = zone();
const london = zone({ name: "uk", regions: [region("uk-london-1")] });
const abroad = { providerID: "ocid1.instance.oc1.fra.abtheljtx" };

const pipeline = pairOf("pipeline");
const attested = zone({ name: "attested", minimumTrust: "Attested", attestationKeys: [pipeline.public] });

const setup = (clock = { now: 0 }) => {
  const store = new Store<NodeFacts>(() => 0);
  const byMachine = store.index(({ providerID }) => [machineOf(providerID) ?? ""]);
  const attestations = new Store<AttestationFacts>(() => 0);
  const byNode = attestations.index(({ statement }) => (statement.ok ? [statement.value.nodeUID] : []));
  const seen: World = {
    ...world({ zones: [zoneRecord(us), zoneRecord(london), zoneRecord(attested)], signedBy: makeSignatureCheck() }),
    nodes: store.view,
    nodeOf: (uid) => store.view.values().find((one) => one.uid === uid),
    attestationsOf: (uid) => [...byNode(uid)].flatMap((name) => attestations.view.get(name) ?? []),
    get now() {
      return clock.now;
    },
    nodesClaiming: (machine) => [...byMachine(machine)],
  };
  const put = (facts: NodeFacts): void => store.take({ kind: "applied", key: facts.name, value: facts });
  put(node("a"));
  const { countNodes, recounted, end } = rememberNodes(seen, store, attestations);
  const told: string[] = [];
  recounted((name) => void told.push(name));
  const count = (of: Zone = us) => countNodes(seen, of.name, of);
  return { store, attestations, seen, put, told, end, count };
};

test("nodes are counted once while neither they nor the zone change", () => {
  const { count } = setup();
  const first = count();
  assert.equal(first.nodes.verified, 1);
  assert.equal(count(zone()), first, "the zone was read anew and is the same");
});

test("a node that comes or moves is counted", () => {
  const { put, count } = setup();
  count();
  put(node("b"));
  assert.equal(count().nodes.verified, 2);
  put(node("b", abroad));
  assert.deepEqual(count().nodes, { verified: 1, rejected: 1, unknown: 0 });
});

test("a zone that changes judges its nodes anew", () => {
  const { count } = setup();
  count();
  assert.equal(count(zone({ regions: [region("uk-london-1")] })).nodes.verified, 0);
});

test("a node's change is told for the zones that count it otherwise, and for no others", () => {
  const { put, told, count } = setup();
  count();
  count(london);
  put(node("a", { podCIDRs: ["10.0.0.0/24"], taintKeys: ["node.kubernetes.io/unschedulable"] }));
  assert.deepEqual(told, [], "what no verdict reads");
  put(node("a", abroad));
  assert.deepEqual(told, ["us"], "in London's eyes it was elsewhere before, and is");
});

test("P7 an attestation that comes, expires and is renewed is counted, and told", () => {
  const clock = { now: Date.UTC(2026, 0) };
  const { attestations, told, count } = setup(clock);
  const put = (name: string, notAfter: string): void =>
    attestations.take({
      kind: "applied",
      key: name,
      value: signed(name, statementOf(node("a"), { notAfter }), pipeline),
    });
  assert.deepEqual(count(attested).nodes, { verified: 0, rejected: 0, unknown: 1 });
  put("first", "2026-02-01T00:00:00Z");
  assert.deepEqual(told, ["attested"]);
  assert.equal(count(attested).nodes.verified, 1);
  assert.equal(count(attested).until, Date.UTC(2026, 1));
  clock.now = Date.UTC(2026, 1);
  assert.equal(count(attested).nodes.verified, 0);
  assert.deepEqual(
    count(attested).notVerified.map(({ reason }) => reason),
    ["AttestationExpired"],
  );
  put("second", "2026-03-01T00:00:00Z");
  assert.equal(count(attested).nodes.verified, 1);
  assert.equal(count(attested).until, Date.UTC(2026, 2));
});

/** A few names and machines, so that nodes often claim what another claims, come back and go. */
const name = fc.constantFrom("a", "b", "c", "d");
const facts: fc.Arbitrary<NodeFacts> = fc
  .record({
    name,
    uid: fc.constantFrom("first", "second"),
    created: fc.constantFrom(1, 2),
    providerID: fc.constantFrom(
      undefined,
      "ocid1.instance.oc1.iad.anuwcljtone",
      "ocid1.instance.oc1.iad.anuwcljttwo",
      abroad.providerID,
    ),
  })
  .map(({ name: called, ...parts }) => node(called, parts));
const step = fc.oneof(
  facts.map((value) => ({ kind: "applied", key: value.name, value }) as const),
  name.map((key) => ({ kind: "deleted", key }) as const),
  fc
    .array(facts, { maxLength: 4 })
    .map((all) => ({ kind: "restarted", objects: new Map(all.map((value) => [value.name, value])) }) as const),
);

test("whatever nodes come, change and go, what is remembered is what counting all of them gives", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const { store, seen, told, count } = setup();
      for (const event of steps) {
        const before = [us, london].map((of) => count(of));
        told.length = 0;
        store.take(event);
        for (const [at, of] of [us, london].entries()) {
          const { nodes, against, verified, notVerified } = countAll(seen, of.name, of);
          const now = count(of);
          assert.deepEqual(now.nodes, nodes);
          assert.deepEqual(new Map([...now.against].toSorted()), new Map([...against].toSorted()));
          assert.deepEqual(now.notVerified, notVerified);
          assert.deepEqual([...now.verified].toSorted(), [...verified].toSorted());
          assert.ok(now === before[at] || told.includes(of.name), "a count that changed is told");
        }
      }
    }),
  );
});
