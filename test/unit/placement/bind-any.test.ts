import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Binding } from "../../../src/api/kubernetes.ts";
import { bind } from "../../../src/placement/bind.ts";
import { verdict } from "../../../src/placement/verdict.ts";
import type { NodeFacts } from "../../../src/zone/facts.ts";
import { namespace, node, world, zone, zoneRecord } from "../world.ts";

const ours = "domicile.dev.node-restriction.kubernetes.io/us";
const at = { "topology.kubernetes.io/region": "iad", "topology.kubernetes.io/zone": "US-ASHBURN-AD-1" };
const keys = fc.constantFrom(
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone",
  ours,
  "domicile.dev/zone",
  "domicile.dev/sealed",
  "app",
  "__proto__",
  "k8s-app",
);
const values = fc.constantFrom("iad", "US-ASHBURN-AD-1", "eu-frankfurt-1", "uk-london-1", "verified", "us", "");
const labels = fc.dictionary(keys, values, { maxKeys: 4 });
const names = fc.constantFrom("a", "b", "c");
// By chance alone hardly a node would be verified, and hardly a Binding go there.
const good = node("a", { uid: "1", labels: { ...at, [ours]: "verified" } });
const anyNode = fc
  .record({
    name: names,
    uid: fc.constantFrom("1", "2"),
    providerID: fc.constantFrom(
      "ocid1.instance.oc1.iad.anuwcljtone",
      "ocid1.instance.oc1.phx.anuwcljttwo",
      "ocid1.instance.oc1.eu-frankfurt-1.anuwcljtthree",
      "aws:///us-east-1a/i-1",
      undefined,
    ),
    labels,
    created: fc.constantFrom(1, 2),
  })
  .map(({ name, ...parts }) => node(name, parts));
const nodes: fc.Arbitrary<readonly NodeFacts[]> = fc.uniqueArray(fc.oneof(anyNode, fc.constant(good)), {
  selector: ({ name }) => name,
  maxLength: 3,
});
const annotations = fc.dictionary(
  fc.constantFrom(
    "k8s.v1.cni.cncf.io/networks",
    "kubernetes.io/config.mirror",
    "domicile.dev/digest",
    "scheduler.example.com/gpu",
  ),
  values,
  { maxKeys: 2 },
);
const near: fc.Arbitrary<Binding> = fc.record({
  metadata: fc.oneof(fc.constant({}), fc.record({ labels: fc.constant(at) }), fc.record({ labels, annotations })),
  target: fc.record({ name: fc.constant("a"), uid: fc.constantFrom("1", "2", "") }),
});
const anyBinding: fc.Arbitrary<Binding> = fc.record(
  {
    metadata: fc.record({ labels, annotations }, { requiredKeys: [] }),
    target: fc.record(
      {
        kind: fc.constantFrom("Node", "", "Pod", "node"),
        name: fc.oneof(names, fc.constantFrom("", "nowhere", "__proto__")),
        uid: fc.constantFrom("1", "2", ""),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

const bindings = fc.oneof(anyBinding, near);

test("P2 whatever a Binding says, it is let in for a verified node alone, and tells nothing of the pod but where it is (P3)", () => {
  let letIn = 0;
  fc.assert(
    fc.property(nodes, bindings, (known, binding) => {
      const us = zone();
      const seen = world({ zones: [zoneRecord(us)], namespaces: [namespace("payments")], nodes: known });
      const placement = bind(seen, binding, { namespace: "payments", seen: { zone: "us" } });
      if (placement.kind !== "inPlace") return assert.equal(placement.kind, "refused");
      letIn += 1;
      const { target, metadata } = binding;
      const chosen = known.find(({ name }) => name === target?.name);
      assert.ok(chosen);
      assert.equal(verdict(seen, chosen, us).kind, "Verified");
      assert.equal(chosen.labels[ours], "verified");
      assert.ok(["Node", "", undefined].includes(target?.kind));
      assert.ok([chosen.uid, "", undefined].includes(target?.uid));
      for (const [key, value] of Object.entries(metadata?.labels ?? {})) {
        assert.match(key, /^(topology|failure-domain\.beta)\.kubernetes\.io\/(region|zone)$/);
        assert.equal(chosen.labels[key], value);
      }
      assert.deepEqual(
        Object.keys(metadata?.annotations ?? {}).filter((key) => key !== "scheduler.example.com/gpu"),
        [],
      );
    }),
    { numRuns: 2_000 },
  );
  assert.ok(letIn >= 10, `${letIn} were let in`);
});
