import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "../../../src/placement/verdict.ts";
import { node, world, zone } from "../world.ts";

const home = { "topology.kubernetes.io/region": "iad", "topology.kubernetes.io/zone": "US-ASHBURN-AD-1" };
const abroad = {
  "topology.kubernetes.io/region": "eu-frankfurt-1",
  "topology.kubernetes.io/zone": "EU-FRANKFURT-1-AD-1",
  "failure-domain.beta.kubernetes.io/region": "eu-frankfurt-1",
  "failure-domain.beta.kubernetes.io/zone": "EU-FRANKFURT-1-AD-1",
};

for (const [key, value] of Object.entries(abroad))
  test(`one label that contradicts the others and the providerID rejects a node: ${key} (P7)`, () => {
    const subject = node("liar", { labels: { ...home, [key]: value } });
    assert.equal(verdict(world({ nodes: [subject] }), subject, zone()).reason, "LabelContradictsProvider");
  });

test("of two nodes of one second that claim one machine exactly one is rejected, whoever is asked first (P7)", () => {
  const twins = ["a", "b"].map((name) => node(name, { providerID: "ocid1.instance.oc1.iad.twin" }));
  for (const nodes of [twins, twins.toReversed()]) {
    const reasons = twins.map((twin) => verdict(world({ nodes }), twin, zone()).reason);
    assert.deepEqual(reasons, ["EvidenceConsistent", "ProviderIDDuplicated"]);
  }
});
