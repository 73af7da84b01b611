import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { untilStatus } from "../native/guards.ts";
import { applyZone, joinZone, untilZone } from "./domicile.ts";
import { allowing, isolating, readSpecs, storedPolicies } from "./policies.ts";
import { podOf, untilCondition, zoneRef } from "./resources.ts";

// A zone is weakened by whoever may edit it while pods of it run: what stands stays, and the zone says what changed.

const zone = "weakened";
const namespace = "weakened-shop";
const nodes = (region: string) => ({ nodes: { provider: "OCI", regions: [region] } });
const node = ref("v1", "Node", "weakened-mumbai-1");
const nodeLabel = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await addNode(cluster, { name: node.metadata.name ?? "", region: "ap-mumbai-1" });
  await applyZone(cluster, zone, nodes("ap-mumbai-1"));
  await untilZone(cluster, zone, "NodesVerified", "True");
  await joinZone(cluster, namespace, zone);
  await must(cluster.admin.create(podOf("web", namespace)));
  await cluster.admin.until<KubeObject>(
    ref("v1", "Pod", "web", namespace),
    (now) => field(now, "spec.nodeName") === node.metadata.name,
    { describe: "the pod runs on the zone's node" },
  );
});
after(() => cluster.close());

const nothingOpened = async (): Promise<void> => {
  assert.deepEqual(await readSpecs(cluster, namespace), {
    "domicile-isolate": isolating,
    "domicile-allow": allowing(zone),
  });
};

test("O2 a zone that is set to Warn while its pods run opens nothing that stood, and says that it enforces no more", async () => {
  await applyZone(cluster, zone, { ...nodes("ap-mumbai-1"), enforcement: "Warn" });
  await untilZone(cluster, zone, "Enforced", "False");
  await nothingOpened();
  assert.equal((await must(cluster.admin.get<KubeObject>(node))).metadata.labels?.[nodeLabel], "verified");
  await applyZone(cluster, zone, nodes("ap-mumbai-1"));
  await untilCondition(cluster, zone, "PodsInPlace", { status: "True" });
  await nothingOpened();
});

test("O2 a zone that moves to other regions while its pods run names those that are out of place", async () => {
  await applyZone(cluster, zone, nodes("ca-montreal-1"));
  await cluster.admin.until<KubeObject>(node, ({ metadata }) => metadata.labels?.[nodeLabel] === undefined, {
    describe: "the node of the former region loses its label",
  });
  const condition = await untilCondition(cluster, zone, "PodsInPlace", { status: "False", reason: "PodsOutOfPlace" });
  assert.match(condition.message, /weakened-shop\/web on weakened-mumbai-1/);
  await nothingOpened();
});

test("O2 P15 a zone that goes with its finalizer lifted opens nothing and lets nobody leave, and made again it is adopted", async () => {
  const { admin } = cluster;
  await applyZone(cluster, "weakened-gone", nodes("ca-toronto-1"));
  await joinZone(cluster, "weakened-kept", "weakened-gone");
  const at = ref("v1", "Namespace", "weakened-kept");
  const read = async () => ({
    policies: await storedPolicies(cluster, "weakened-kept"),
    labels: (await must(admin.get<KubeObject>(at))).metadata.labels,
  });
  await must(admin.create(podOf("waits", "weakened-kept")));
  const before = await read();
  await must(admin.delete(zoneRef("weakened-gone")));
  await must(admin.patch(zoneRef("weakened-gone"), { metadata: { finalizers: null } }));
  await admin.untilGone(zoneRef("weakened-gone"), { describe: "the zone is gone" });
  await must(admin.patch(at, { metadata: { annotations: { note: "anybody may" } } }));
  // As a dry run: the first answer may come before Domicile has heard of the pod.
  const leave = { metadata: { labels: { "domicile.dev/zone": null } } };
  const { message } = await untilStatus(403, () => admin.patch(at, leave, { dryRun: true }));
  assert.match(message, /zone weakened-gone: namespace weakened-kept holds 1 pod \(waits\)\. .*\(NamespaceHoldsData\)/);
  assert.deepEqual(await read(), before);
  await applyZone(cluster, "weakened-gone", nodes("ca-toronto-1"));
  await untilCondition(cluster, "weakened-gone", "Isolated", { status: "True" });
  assert.deepEqual(await read(), before);
});
