import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { applyZone, untilSealed } from "./domicile.ts";
import { allowing, isolating, policy, readSpecs } from "./policies.ts";
import { namespaceOf, relabel } from "./resources.ts";

let cluster: Cluster;
before(async () => {
  cluster = await connect();
  await applyZone(cluster, "planted", { nodes: { provider: "OCI", regions: ["us-ashburn-1"] } });
});
after(() => cluster.close());

const some = { matchLabels: { nobody: "bears-this" }, matchExpressions: [{ key: "nor", operator: "Exists" }] };
const planted: Readonly<Record<string, object>> = {
  "domicile-isolate": { podSelector: some, policyTypes: ["Ingress"], ingress: [{}] },
  "domicile-allow": { podSelector: {}, policyTypes: ["Egress"], egress: [{}] },
  "domicile-allow-2": { podSelector: {}, policyTypes: ["Egress"], egress: [{}] },
};

test("policies that somebody wrote under our names before the namespace joined are ours, whole, when it is sealed", async () => {
  const at = "planted-early";
  await must(cluster.admin.create(namespaceOf(at)));
  // Domicile takes such policies away where it sees them outside zones, so they come in the same breath as the label.
  const writes = Object.entries(planted).map(([name, spec]) =>
    cluster.admin.apply({ ...policy(name, at), spec } as KubeObject, { fieldManager: "somebody", force: true }),
  );
  await Promise.all([...writes, relabel(cluster.admin, at, { "domicile.dev/zone": "planted" })]);
  await untilSealed(cluster, at, "planted");
  assert.deepEqual(await readSpecs(cluster, at), {
    "domicile-isolate": isolating,
    "domicile-allow": allowing("planted"),
  });
});
