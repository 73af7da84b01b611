import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";
import { beginHistory, type Change } from "./history.ts";
import { leaderMetrics, sample, untilMeasured } from "./replicas.ts";
import { deploymentOf, namespaceOf, podOf, relabel, untilCondition, zoneRef } from "./resources.ts";

// The nodes of one zone go bad one after another, and its pods are told of, moved, or left where they are.
const zone = "drift";
const home = "drift-home";
const late = "drift-late";
const region = "eu-paris-1";
const taint = { key: "drift", effect: "NoSchedule" };
/** Pods of this file run on nodes of this file, and no others do. */
const here = { nodeSelector: { "test/drift": "yes" }, tolerations: [{ key: "drift", operator: "Exists" }] };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await addOwn("drift-abroad", "eu-frankfurt-1");
  await must(cluster.admin.create(namespaceOf(late)));
  await must(cluster.admin.create(deploymentOf("older", late, 2, here)));
  await untilReady(late, "older", 2);
  await setDrift({});
  await addOwn("drift-1", region);
  await joinZone(cluster, home, zone);
});
after(() => cluster.close());

const addOwn = (name: string, where: string): Promise<KubeObject> =>
  addNode(cluster, { name, region: where, labels: { "test/drift": "yes" }, taints: [taint] });
const setDrift = (drift: object): Promise<unknown> =>
  applyZone(cluster, zone, { nodes: { provider: "OCI", regions: [region] }, drift });
const pods = { apiVersion: "v1", kind: "Pod" } as const;
const nodeOf = (pod: KubeObject): unknown => field(pod, "spec.nodeName");
const isReady = (pod: KubeObject): boolean =>
  condition(pod, "Ready") === "True" && pod.metadata.deletionTimestamp === undefined;

const untilReady = (namespace: string, app: string, count: number, on?: string): Promise<readonly KubeObject[]> =>
  cluster.admin.untilList<KubeObject>(
    pods,
    (seen) => seen.length === count && seen.every((pod) => isReady(pod) && (on === undefined || nodeOf(pod) === on)),
    { namespace, labelSelector: `app=${app}`, describe: `${count} pods of ${app} are ready on ${on ?? "any node"}` },
  );
const untilRuns = (namespace: string, name: string): Promise<unknown> =>
  cluster.admin.until(ref("v1", "Pod", name, namespace), isReady, { describe: `${namespace}/${name} is ready` });
/** Makes a node look like one that is not a machine, or a machine again. */
const spoil = (name: string, virtual: boolean): Promise<unknown> =>
  must(
    cluster.admin.patch(ref("v1", "Node", name), {
      metadata: { labels: { "liqo.io/type": virtual ? "virtual-node" : null } },
    }),
  );
const eventsIn = async (namespace: string, reason: string): Promise<readonly KubeObject[]> => {
  const kind = { apiVersion: "events.k8s.io/v1", kind: "Event" };
  const { items } = await must(cluster.admin.list<KubeObject>(kind, { namespace }));
  return items.filter((event) => event["reason"] === reason && String(event["note"]).includes(`Zone ${zone}:`));
};
const untilEventIn = (namespace: string, reason: string, note: RegExp): Promise<unknown> =>
  cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (seen) => seen.some((event) => event["reason"] === reason && note.test(String(event["note"]))),
    { namespace, describe: `an event in ${namespace} says ${reason}: ${note}` },
  );
const untilOutOfPlace = (count: number): Promise<unknown> =>
  cluster.admin.until<KubeObject>(zoneRef(zone), (now) => field(now, "status.pods.outOfPlace") === count, {
    describe: `${count} pods are out of place`,
  });
const measured = async (metric: string, labels: Readonly<Record<string, string>> = {}): Promise<number> =>
  sample(await leaderMetrics(cluster), metric, { zone, ...labels });
const budget = (app: string, spec: object): Manifest => ({
  ...ref("policy/v1", "PodDisruptionBudget", app, home),
  spec: { selector: { matchLabels: { app } }, ...spec },
});

/** The fewest pods of an app that were ready at once, over changes that begin with all of them ready. */
const fewestReady = (changes: readonly Change[], app: string, ready: ReadonlySet<string>): number => {
  const now = new Set(ready);
  let fewest = now.size;
  for (const { type, object } of changes) {
    if (object.metadata.labels?.["app"] !== app) continue;
    if (type !== "DELETED" && isReady(object)) now.add(String(object.metadata.uid));
    else now.delete(String(object.metadata.uid));
    fewest = Math.min(fewest, now.size);
  }
  return fewest;
};

test("P8 when a node is judged anew, what runs there is counted and told of by one event for each workload", async () => {
  await must(cluster.admin.create(deploymentOf("web", home, 3, here)));
  await must(cluster.admin.create(deploymentOf("guarded", home, 2, here)));
  await must(cluster.admin.create(podOf("alone", home, here)));
  await untilReady(home, "web", 3, "drift-1");
  await untilReady(home, "guarded", 2, "drift-1");
  await addOwn("drift-2", region);
  // All are heard of, so that what is told of a workload is told of the whole of it.
  await cluster.admin.until<KubeObject>(zoneRef(zone), (now) => field(now, "status.pods.inPlace") === 6, {
    describe: "6 pods are in place",
  });
  await spoil("drift-1", true);
  const { message } = await untilCondition(cluster, zone, "PodsInPlace", {
    status: "False",
    reason: "PodsOutOfPlace",
    message: /^Pods of the zone run on nodes that are not verified for it\. 6, among them drift-home\//,
  });
  assert.match(message, /Workloads: 3\./);
  for (const [workload, count] of [
    ["Deployment/web", 3],
    ["Deployment/guarded", 2],
    ["Pod/alone", 1],
  ] as const)
    await untilEventIn(
      home,
      "PodsOutOfPlace",
      new RegExp(`Zone drift: ${home}/${workload} has ${count} out of place: \\S+ on drift-1 \\(VirtualNode\\)`),
    );
  const told = (await eventsIn(home, "PodsOutOfPlace")).map((event) => field(event, "regarding.kind"));
  assert.deepEqual(told.toSorted(), ["Pod", "ReplicaSet", "ReplicaSet"]);
  await untilMeasured(cluster, "domicile_pods", { zone, place: "outOfPlace" }, 6);
  await untilMeasured(cluster, "domicile_workloads_out_of_place", { zone }, 3);
  assert.equal(await measured("domicile_evictions_total"), 0);
});

test("P20 a pod outside the zone that is privileged or mounts a path of a zone's node is told of and counted", async () => {
  const outside = "drift-outside";
  await must(cluster.admin.create(namespaceOf(outside)));
  const privileged = { containers: [{ name: "main", image: "example/app", securityContext: { privileged: true } }] };
  const mounting = { volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] };
  const agents = { agent: { ...here, ...privileged }, reader: { ...here, ...mounting }, harmless: here };
  for (const [name, spec] of Object.entries(agents))
    await must(cluster.admin.create(podOf(name, outside, { ...spec, nodeName: "drift-2" })));
  const told = new RegExp(`pods outside the zone that are privileged or mount .* in namespaces ${outside}\\.`);
  await untilCondition(cluster, zone, "NodesVerified", { status: "True", message: told });
  for (const name of Object.keys(agents)) await untilRuns(outside, name);
  await untilMeasured(cluster, "domicile_neighbours", { zone }, 2);
  for (const name of Object.keys(agents)) await must(cluster.admin.delete(ref("v1", "Pod", name, outside)));
  await untilCondition(cluster, zone, "NodesVerified", { status: "True", message: /^The zone has verified nodes\.$/ });
});

test("P6 a static pod on a foreign node is told of on its node", async () => {
  const node = await must(cluster.admin.get<KubeObject>(ref("v1", "Node", "drift-abroad")));
  const kubelet = await cluster.as({ user: "system:node:drift-abroad", groups: ["system:nodes"] });
  const owner = { apiVersion: "v1", kind: "Node", name: "drift-abroad", uid: node.metadata.uid, controller: true };
  const mirror = podOf("static-drift-abroad", home, {
    nodeName: "drift-abroad",
    tolerations: [{ operator: "Exists" }],
  });
  await must(
    kubelet.create({
      ...mirror,
      metadata: {
        ...mirror.metadata,
        annotations: { "kubernetes.io/config.mirror": "abc" },
        ownerReferences: [owner],
      },
    } as Manifest),
  );
  await untilCondition(cluster, zone, "PodsInPlace", { status: "False", message: /7, .*Static pods, .*: 1\./ });
  await untilEventIn("default", "MirrorPod", /Zone drift: .* has 1 out of place: static-drift-abroad on drift-abroad/);
});

test("P8 Evict moves a workload pod by pod, no faster than its budget, and a budget that holds stops no other", async (t) => {
  await must(cluster.admin.create(budget("web", { maxUnavailable: 1 })));
  await must(cluster.admin.create(budget("guarded", { maxUnavailable: 0 })));
  for (const app of ["web", "guarded"])
    await cluster.admin.until<KubeObject>(
      ref("policy/v1", "PodDisruptionBudget", app, home),
      (now) => field(now, "status.observedGeneration") === now.metadata["generation"],
      { describe: `the budget of ${app} is counted` },
    );
  const before = await untilReady(home, "web", 3);
  const history = await beginHistory(t, cluster, [`/api/v1/namespaces/${home}/pods`]);
  // Wider than the budget, so that it is the budget that holds.
  await setDrift({ action: "Evict", maxPerMinute: 240, maxUnavailable: 3 });
  await untilReady(home, "web", 3, "drift-2");
  const uids = new Set(before.map(({ metadata }) => String(metadata.uid)));
  assert.equal(fewestReady(history.changes(), "web", uids), 2);
  await cluster.admin.untilGone(ref("v1", "Pod", "alone", home), { describe: "the pod that nobody owns is evicted" });
  await untilEventIn(home, "PodEvicted", /Zone drift: drift-home\/web-\S+ on drift-1\. At most 240 a minute, 3 of/);
  await untilEventIn(home, "EvictionRefused", /Zone drift: drift-home\/guarded-\S+ on drift-1: .*disruption budget/);
  await untilReady(home, "guarded", 2, "drift-1");
  await untilMeasured(cluster, "domicile_evictions_total", { zone, outcome: "refused" }, (count) => count > 0);
  assert.equal(await measured("domicile_evictions_total", { outcome: "granted" }), 4);
});

test("P8 once its budget allows it the last workload moves too, and the zone says that nothing but a static pod is left", async () => {
  await must(cluster.admin.delete(ref("policy/v1", "PodDisruptionBudget", "guarded", home)));
  await untilReady(home, "guarded", 2, "drift-2");
  await untilCondition(cluster, zone, "PodsInPlace", { status: "False", message: /1, among them drift-home\/static-/ });
});

test("P12 pods from before their namespace joined are moved, pinned, within maxUnavailable (P13)", async (t) => {
  const before = await untilReady(late, "older", 2);
  const history = await beginHistory(t, cluster, [`/api/v1/namespaces/${late}/pods`]);
  await setDrift({ action: "Evict", maxPerMinute: 240, maxUnavailable: 1 });
  await relabel(cluster.admin, late, { "domicile.dev/zone": zone });
  await untilSealed(cluster, late, zone);
  const moved = await untilReady(late, "older", 2, "drift-2");
  const uids = new Set(before.map(({ metadata }) => String(metadata.uid)));
  assert.equal(fewestReady(history.changes(), "older", uids), 1);
  for (const pod of moved)
    assert.equal(
      (field(pod, "spec.nodeSelector") as Readonly<Record<string, string>>)[
        `domicile.dev.node-restriction.kubernetes.io/${zone}`
      ],
      "verified",
    );
});

test("P19 without a verified node nothing is evicted, and the zone says so and why its pods wait", async () => {
  const granted = await measured("domicile_evictions_total", { outcome: "granted" });
  await spoil("drift-2", true);
  await untilCondition(cluster, zone, "PodsInPlace", { status: "False", reason: "EvictionStopped" });
  const { message } = await untilCondition(cluster, zone, "NodesVerified", {
    status: "False",
    reason: "NoVerifiedNode",
  });
  assert.match(message, /so its pods wait\. Nodes not verified: .*\b2 VirtualNode/);
  // Whoever goes now is not made anew in place, and each change asks for another look.
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "older", late), { spec: { replicas: 1 } }));
  await untilOutOfPlace(7);
  assert.equal(await measured("domicile_evictions_total", { outcome: "granted" }), granted);
  await untilReady(home, "web", 3, "drift-2");
});

test("P8 a node that is as it was has its pods in place again", async () => {
  await spoil("drift-2", false);
  await untilOutOfPlace(1);
});

test("P6 a static pod is never evicted", async () => {
  const { metadata } = await must(cluster.admin.get<KubeObject>(ref("v1", "Pod", "static-drift-abroad", home)));
  assert.equal(metadata.deletionTimestamp, undefined);
  const events = await eventsIn("default", "PodEvicted");
  assert.deepEqual(events, []);
});
