import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone } from "./domicile.ts";
import { podOf, untilCondition, zoneRef } from "./resources.ts";

const zone = "kept";
const namespace = "kept-pods";
const outside = "kept-outside";
/** No other file's: its nodes are closed to all other pods. */
const region = "mx-queretaro-1";
const nodes = { provider: "OCI", regions: [region] };
const key = `exclusive.domicile.dev/${zone}`;
const toleration = { key, operator: "Exists", effect: "NoSchedule" };
const rack = { key: "test/rack", effect: "PreferNoSchedule" };
/** So that pods outside the zone have nowhere else to go. */
const here = { nodeSelector: { "topology.kubernetes.io/region": region } };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { ...nodes, exclusivity: "Exclusive" } });
  await addNode(cluster, { name: "kept-1", region });
  await joinZone(cluster, namespace, zone);
  await must(cluster.admin.create(ref("v1", "Namespace", outside)));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", outside), () => true, {
    describe: "the namespace outside has its service account",
  });
});
after(() => cluster.close());

type Taint = { readonly key: string; readonly effect: string };
const taintsOf = (node: KubeObject): readonly Taint[] => (field(node, "spec.taints") ?? []) as readonly Taint[];
const untilTaint = (name: string, wanted: boolean): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(
    ref("v1", "Node", name),
    (node) => taintsOf(node).some((taint) => taint.key === key) === wanted,
    { describe: `node ${name} ${wanted ? "bears" : "has lost"} the taint of zone ${zone}` },
  );
const running = (pod: KubeObject): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(pod, (now) => field(now, "status.phase") === "Running", {
    describe: `pod ${pod.metadata.name} runs`,
  });
/** Resolves when the scheduler has said that it found no node, and why. */
const unschedulable = (pod: KubeObject, why: RegExp): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(pod, (now) => why.test(JSON.stringify(field(now, "status.conditions") ?? [])), {
    describe: `pod ${pod.metadata.name} waits, because of ${why}`,
  });

test("P20 a zone that keeps its nodes to itself has its pods there, and nobody else's that do not tolerate it", async () => {
  await untilTaint("kept-1", true);
  const resident = await must(cluster.admin.create<KubeObject>(podOf("resident", namespace)));
  assert.ok(JSON.stringify(field(resident, "spec.tolerations")).includes(JSON.stringify(key)));
  assert.equal(field(await running(resident), "spec.nodeName"), "kept-1");

  const foreigner = await must(cluster.admin.create<KubeObject>(podOf("foreigner", outside, here)));
  await unschedulable(foreigner, /untolerated taint/);
  // An agent that a cluster needs everywhere.
  const agent = { ...here, tolerations: [{ operator: "Exists" }] };
  await running(await must(cluster.admin.create<KubeObject>(podOf("agent", outside, agent))));
});

test("what is pinned and lacks the toleration, as templates from before do, gets it", async () => {
  const pinned = { nodeSelector: { [`domicile.dev.node-restriction.kubernetes.io/${zone}`]: "verified" } };
  const pod = await must(cluster.admin.create<KubeObject>(podOf("from-before", namespace, pinned)));
  assert.ok(
    ((field(pod, "spec.tolerations") ?? []) as readonly object[]).some((each) => "key" in each && each.key === key),
  );
  await running(pod);
});

test("P20 a pod of another zone that tolerates its taint is refused", async () => {
  await applyZone(cluster, "kept-beside", { nodes });
  await joinZone(cluster, "kept-beside-pods", "kept-beside");
  const { status, message } = await cluster.admin.create(
    podOf("intruder", "kept-beside-pods", { tolerations: [toleration] }),
  );
  assert.equal(status, 403);
  assert.match(message, /zone kept-beside: spec\.tolerations names "exclusive\.domicile\.dev\/kept"/);
  await untilCondition(cluster, "kept-beside", "NodesVerified", {
    status: "True",
    message: /1 of its nodes is kept by zone kept, so no pod of this zone starts there/,
  });
});

test("others' taints stay, and a taint that is lost comes back", async () => {
  const { admin } = cluster;
  const node = await must(admin.get<KubeObject>(ref("v1", "Node", "kept-1")));
  await must(admin.patch(ref("v1", "Node", "kept-1"), { spec: { taints: [...taintsOf(node), rack] } }));
  // Native policy lets only Domicile's own account through: here it stands for whoever got hold of it.
  const domicile = await cluster.asServiceAccount("domicile-system", "domicile");
  await must(domicile.patch(ref("v1", "Node", "kept-1"), { spec: { taints: [rack] } }));
  assert.deepEqual(taintsOf(await untilTaint("kept-1", true)), [rack, { key, effect: "NoSchedule" }]);
});

test("P8 the taint goes with the verification, and comes with it", async () => {
  const relabel = (value: string): Promise<KubeObject> =>
    must(
      cluster.admin.patch(ref("v1", "Node", "kept-1"), {
        metadata: { labels: { "topology.kubernetes.io/zone": value } },
      }),
    );
  await relabel("EU-FRANKFURT-1-AD-1");
  assert.deepEqual(taintsOf(await untilTaint("kept-1", false)), [rack]);
  await relabel(`${region.toUpperCase()}-AD-1`);
  await untilTaint("kept-1", true);
});

test("a zone that only warns keeps no nodes, and neither does one that shares them: then who waited is let on", async () => {
  const set = (spec: object): Promise<KubeObject> => must(cluster.admin.patch(zoneRef(zone), { spec }));
  await set({ enforcement: "Warn" });
  await untilTaint("kept-1", false);
  await set({ enforcement: "Enforce" });
  await untilTaint("kept-1", true);
  await set({ nodes: { exclusivity: "Shared" } });
  await untilTaint("kept-1", false);
  await running(podOf("foreigner", outside) as KubeObject);
});

test("O2 the taint goes when the zone does", async () => {
  const { admin } = cluster;
  await applyZone(cluster, "kept-briefly", { nodes: { ...nodes, exclusivity: "Exclusive" } });
  const isTainted = (node: KubeObject): boolean =>
    taintsOf(node).some((taint) => taint.key === "exclusive.domicile.dev/kept-briefly");
  const node = ref("v1", "Node", "kept-1");
  await admin.until<KubeObject>(node, isTainted, { describe: "the node is kept" });
  await must(admin.delete(zoneRef("kept-briefly")));
  await admin.until<KubeObject>(node, (now) => !isTainted(now), { describe: "the node is let go" });
});
