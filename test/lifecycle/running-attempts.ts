import assert from "node:assert/strict";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { podOf, untilCondition } from "../e2e/resources.ts";
import { rival } from "../e2e/rival.ts";
import type { Outcome } from "../generate/guard-matrix.ts";
import { inside, nodeLabel, zone } from "./stage.ts";

const pods = { apiVersion: "v1", kind: "Pod" } as const;
const pinned = { nodeSelector: { [nodeLabel]: "verified" } };
/** A resource that one foreign node has: a second scheduler that looks at room alone sends pods there. */
const room = "domicile.test/abroad";

/** Gives a node what the pods of `lured` ask for. */
export const giveRoom = (cluster: Cluster, node: string): Promise<unknown> =>
  must(
    cluster.admin.patch(
      ref("v1", "Node", node),
      { status: { capacity: { [room]: "10" }, allocatable: { [room]: "10" } } },
      { subresource: "status" },
    ),
  );

/** Creates a pod that carries the selector; asked again while API servers have not heeded what was installed. */
const make = async (cluster: Cluster, pod: Manifest): Promise<KubeObject> => {
  const deadline = AbortSignal.timeout(60_000);
  for (;;) {
    const made = await cluster.admin.create<KubeObject>(pod);
    if (made.ok || deadline.aborted) return must(Promise.resolve(made));
  }
};

let lures = 0;
/** A pod for the second scheduler, which runs and sends it abroad: what its Binding comes to. */
export const lured = async (cluster: Cluster): Promise<Outcome> => {
  const resources = { limits: { [room]: "1" } };
  const pod = await make(
    cluster,
    podOf(`lured-${(lures += 1)}`, inside, {
      ...pinned,
      schedulerName: rival,
      containers: [{ name: "main", image: "example/app", resources }],
    }),
  );
  const bound = (now: KubeObject): boolean => field(now, "spec.nodeName") !== undefined;
  const answered = await cluster.admin.until<KubeObject>(
    pod,
    (now) => bound(now) || JSON.stringify(field(now, "status.conditions") ?? []).includes(`zone ${zone}: `),
    { describe: "the second scheduler's Binding is let in or refused" },
  );
  await must(cluster.admin.delete(pod, { gracePeriodSeconds: 0 }));
  return bound(answered) ? "let in" : "refused";
};

/** A node of the zone that is judged anew while its pod runs. */
export const turning = "installations-turns";
/** Adds it, with a pod on it. */
export const addTurning = async (cluster: Cluster): Promise<void> => {
  await addNode(cluster, { name: turning, region: "us-phoenix-1", labels: { "test/turns": "yes" } });
  const pod = await make(
    cluster,
    podOf("stays", inside, { nodeSelector: { ...pinned.nodeSelector, "test/turns": "yes" } }),
  );
  await cluster.admin.until<KubeObject>(pod, (now) => condition(now, "Ready") === "True", {
    describe: "a pod runs on the node that turns",
  });
};
/** That node becomes one that is no machine while its pod runs, and then a machine again. */
export const turned = async (cluster: Cluster): Promise<Outcome> => {
  const turn = (to: string | null): Promise<unknown> =>
    must(cluster.admin.patch(ref("v1", "Node", turning), { metadata: { labels: { "liqo.io/type": to } } }));
  await turn("virtual-node");
  await untilCondition(cluster, zone, "PodsInPlace", { status: "False", message: / on installations-turns\b/ });
  await turn(null);
  await untilCondition(cluster, zone, "PodsInPlace", { status: "True" });
  return "reported";
};

const app = "everywhere";
const template = {
  metadata: { labels: { app } },
  spec: { containers: [{ name: "main", image: "example/app" }] },
};
/** A DaemonSet whose template knows of no zone. */
export const everywhere = {
  ...ref("apps/v1", "DaemonSet", app, inside),
  spec: { selector: { matchLabels: { app } }, template },
} as const satisfies Manifest;

/** The pod that the DaemonSet controller makes of such a template for a node. */
export const podFor = (node: string): Manifest => {
  const nodeSelectorTerms = [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  return podOf("attempt", inside, { affinity, tolerations: [{ operator: "Exists", effect: "NoExecute" }] });
};

/**
 * Runs that DaemonSet: it is ready on the zone's nodes, whatever else it makes waits, and another look at it makes no
 * pod more. `waits` says how many wait for nodes abroad.
 */
export const runEverywhere = async (cluster: Cluster, homes: readonly string[], waits: number): Promise<void> => {
  const { admin } = cluster;
  const selection = { namespace: inside, labelSelector: `app=${app}` };
  const ever = new Set<string>();
  const watching = new AbortController();
  const following = admin.follow(pods, (seen) => seen.forEach(({ metadata }) => ever.add(String(metadata.name))), {
    ...selection,
    signal: watching.signal,
  });
  await must(admin.create(everywhere));
  const settle = async (): Promise<readonly KubeObject[]> => {
    const { metadata } = await must(admin.get(everywhere));
    await admin.until<KubeObject>(
      everywhere,
      (now) =>
        Number(field(now, "status.observedGeneration")) >= Number(metadata["generation"]) &&
        field(now, "status.desiredNumberScheduled") === homes.length + waits &&
        field(now, "status.numberReady") === homes.length,
      { describe: `the DaemonSet is ready on ${homes.join(", ")} and waits for ${waits} more` },
    );
    return admin.untilList<KubeObject>(pods, (now) => now.length === homes.length + waits, {
      ...selection,
      describe: "every pod of the DaemonSet is there",
    });
  };
  await settle();
  await must(admin.patch(everywhere, { spec: { revisionHistoryLimit: 3 } }));
  const standing = await settle();
  const nodes = standing.map((pod) => field(pod, "spec.nodeName")).filter((node) => node !== undefined);
  assert.deepEqual(nodes.toSorted(), [...homes].toSorted());
  const names = new Set(standing.map(({ metadata }) => String(metadata.name)));
  assert.deepEqual(
    [...ever].filter((name) => !names.has(name)),
    [],
  );
  watching.abort();
  await following;
  await must(admin.delete(everywhere));
  await admin.untilList(pods, (now) => now.length === 0, { ...selection, describe: "the DaemonSet's pods are gone" });
};

/** Where native policy refuses what it cannot pin: the DaemonSet makes no pod, and its event says what its template lacks. */
export const refuseEverywhere = async ({ admin }: Cluster): Promise<void> => {
  await must(admin.create(everywhere));
  await admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (seen) =>
      seen.some((event) => field(event, "regarding.name") === app && /SelectorMissing/.test(String(event["note"]))),
    { namespace: inside, describe: "an event of the DaemonSet says that its template lacks the selector" },
  );
  const { items } = await must(admin.list(pods, { namespace: inside, labelSelector: `app=${app}` }));
  assert.deepEqual(items, []);
  await must(admin.delete(everywhere));
};
