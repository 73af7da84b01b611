import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { grantsOf } from "../../src/egress/compile.ts";
import { clusterNetworkPolicies } from "../../src/egress/tier/cluster-network-policy.ts";
import { ciliumPolicy } from "../../src/egress/tier/cilium.ts";
import { tierInput } from "../../src/egress/tier/input.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { installCrds, removeCrds } from "../cluster/crds.ts";
import { field, type KubeObject } from "../cluster/objects.ts";
import { goldenTier, tierOfLimits } from "../unit/egress/tier/tiers.ts";

const crds = ["clusternetworkpolicies.policy.networking.k8s.io", "ciliumclusterwidenetworkpolicies.cilium.io"];
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await installCrds(cluster, crds);
});
after(async () => {
  await removeCrds(cluster, crds);
  await cluster.close();
});

test("E2 the API server takes a zone's hard tier as each project defines it, and keeps all of it", async () => {
  for (const zone of [goldenTier, tierOfLimits]) {
    const granted = grantsOf({ zone, clusters: [], apiServer: undefined, dns: [] });
    assert.ok(granted.kind === "granted");
    const input = tierInput(zone.name, granted);
    const denials = ciliumPolicy(input);
    assert.ok(denials !== undefined);
    for (const policy of [...clusterNetworkPolicies(input), denials]) {
      const { body, message, ok } = await cluster.admin.create<KubeObject>(policy, {
        dryRun: true,
        fieldValidation: "Strict",
      });
      assert.ok(ok, message);
      assert.deepEqual(field(body, "spec"), policy.spec);
    }
  }
});
