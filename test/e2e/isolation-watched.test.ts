import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, makeNamespace, untilLetIn, untilSealed, untilZone } from "./domicile.ts";
import { beginHistory, isOf, type Change } from "./history.ts";
import { policiesPath } from "./policies.ts";
import { namespaceOf, podOf, relabel, untilCondition } from "./resources.ts";

// A watcher writes down each moment in which a pod that was admitted after the join existed without isolation, while
// somebody makes pods without a pause. Revisions are etcd's, so they order pods, policies and labels.

const zone = "watched";
const nodes = { provider: "OCI", regions: ["sa-vinhedo-1"] };
const joined = { "domicile.dev/zone": zone };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes });
  await addNode(cluster, { name: "guarded-1", region: "sa-vinhedo-1" });
  await untilZone(cluster, zone, "NodesVerified", "True");
});
after(() => cluster.close());

const namespace = (name: string) => ref("v1", "Namespace", name);

const podKind = { apiVersion: "v1", kind: "Pod" } as const;

/** The pods of a namespace, with their kind, which lists leave out. */
const podsIn = async (at: string): Promise<readonly KubeObject[]> =>
  (await must(cluster.admin.list<KubeObject>(podKind, { namespace: at }))).items.map((pod) => ({ ...pod, ...podKind }));

/** What is stored in one namespace, pod by pod, from now on. */
const watch = (t: TestContext, at: string) =>
  beginHistory(t, cluster, ["/api/v1/namespaces", `/api/v1/namespaces/${at}/pods`, policiesPath(at)]);

/** More than come while a namespace is sealed, and few enough for one node. */
const enough = 200;

/** Makes pods one after the other until `end`, or enough were let in; gives how many were, and the sentences of the others. */
const makePods = (at: string) => {
  const ending = new AbortController();
  const seen = { letIn: 0, refused: [] as string[] };
  const run = async (): Promise<void> => {
    for (let number = 0; !ending.signal.aborted && seen.letIn < enough; number += 1) {
      const { ok, message } = await cluster.admin.create(podOf(`made-${number}`, at));
      if (ok) seen.letIn += 1;
      else seen.refused.push(message);
      await turn();
    }
  };
  const running = run();
  return {
    seen,
    async end() {
      ending.abort();
      await running;
      return seen;
    },
  };
};

/** The pods that were stored after the API servers had seen the label and while no policy isolated them. */
const openMoments = (changes: readonly Change[], at: string, joinedAt: number): readonly string[] => {
  let isolated = false;
  let isMember = false;
  const open: string[] = [];
  for (const { type, object, revision } of changes) {
    const { name = "", labels } = object.metadata;
    if (object.kind === "Namespace" && name === at)
      isMember = type !== "DELETED" && labels?.["domicile.dev/zone"] === zone;
    if (object.kind === "NetworkPolicy" && name === "domicile-isolate") isolated = type !== "DELETED";
    if (object.kind === "Pod" && type === "ADDED" && isMember && !isolated && revision > joinedAt)
      open.push(`${name} at ${revision}`);
  }
  return open;
};

/** Resolves when API servers heed that the namespace is in the zone: a pod that nobody pinned is refused, or pinned. Gives etcd's revision then. */
const untilSeen = async (at: string): Promise<number> => {
  await askUntil(
    () => cluster.admin.create(podOf("asks", at), { dryRun: true }),
    ({ ok, body, message }) =>
      ok ? field(body, "spec.nodeSelector") !== undefined : message.includes("(NamespaceNotSealed)"),
    { describe: `API servers have seen the label of ${at}` },
  );
  const { body } = await cluster.admin.list<KubeObject>(podKind, { namespace: at });
  return Number(field(body, "metadata.resourceVersion"));
};

test("E10 while a namespace joins with pods made all the time, none that comes later is without isolation, and those from before are named until they are gone", async (t) => {
  const at = "watched-joins";
  await must(cluster.admin.create(namespaceOf(at)));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", at), () => true, { describe: "pods can be made" });
  const history = await watch(t, at);
  await must(cluster.admin.create(podOf("before", at, { nodeSelector: { "kubernetes.io/hostname": "guarded-1" } })));
  await cluster.admin.until(ref("v1", "Pod", "before", at), (now) => condition(now, "Ready") === "True", {
    describe: "a pod runs before the join",
  });
  const made = makePods(at);
  await relabel(cluster.admin, at, joined);
  const joinedAt = await untilSeen(at);
  // Those that slipped through and wait unbound would hold up the seal for good.
  // Those that slipped through and wait unbound hold up the seal; these are deleted, as the zone says.
  await askUntil(
    async () => {
      for (const pod of await podsIn(at))
        if (field(pod, "spec.nodeName") === undefined && field(pod, "spec.nodeSelector") === undefined)
          await cluster.admin.delete(pod, { gracePeriodSeconds: 0 });
      return (await must(cluster.admin.get<KubeObject>(namespace(at)))).metadata.labels?.["domicile.dev/sealed"];
    },
    (sealed) => sealed === zone,
    { describe: `${at} is sealed` },
  );
  await untilLetIn(cluster, at);
  const { refused } = await made.end();
  await history.until(isOf("ADDED", "NetworkPolicy", "domicile-isolate"), "isolation is written");
  assert.deepEqual(openMoments(history.changes(), at, joinedAt), []);
  for (const message of refused)
    assert.match(message, /\(NamespaceNotSealed\)|\(NamespaceUnseen\)|\(SelectorMissing\)/);

  // What slipped through is named like the older ones; where that is more than are named, one would not be.
  const slipped = (await podsIn(at)).filter((pod) => field(pod, "spec.nodeSelector") === undefined);
  for (const pod of slipped) await cluster.admin.delete(pod, { gracePeriodSeconds: 0 });
  t.diagnostic(`slipped through before API servers had seen the label: ${slipped.length}`);
  const message = /Pods from before, .*: watched-joins\/before\. Make them anew\.$/;
  await untilCondition(cluster, zone, "Isolated", { status: "True", message });
  await must(cluster.admin.delete(ref("v1", "Namespace", at)));
  await cluster.admin.untilGone(namespace(at), { describe: "the namespace is gone" });
  await untilCondition(cluster, zone, "Isolated", {
    status: "True",
    message: /^Isolation stands in every namespace of the zone\.$/,
  });
});

test("E10 a namespace that is made with its label, deleted and made again with pods made all the time never has one without isolation", async (t) => {
  const at = "watched-again";
  const history = await watch(t, at);
  for (const _ of [1, 2]) {
    const made = makePods(at);
    await makeNamespace(cluster, at, joined);
    await untilSealed(cluster, at, zone);
    await untilLetIn(cluster, at);
    await askUntil(
      async () => made.seen.letIn,
      (letIn) => letIn > 0,
      { describe: "a pod is let in" },
    );
    await must(cluster.admin.delete(namespace(at)));
    await cluster.admin.untilGone(namespace(at), { describe: "the namespace is gone" });
    const { letIn } = await made.end();
    assert.ok(letIn > 0);
  }
  const changes = history.changes();
  assert.ok(changes.filter(isOf("ADDED", "NetworkPolicy", "domicile-isolate")).length === 2);
  assert.deepEqual(openMoments(changes, at, 0), []);
  // Nor does any lose it while it is there: the namespace controller takes policies last.
  const pods = new Set<string>();
  for (const { type, object } of changes) {
    if (object.kind === "Pod" && type === "ADDED") pods.add(object.metadata.uid ?? "");
    if (object.kind === "Pod" && type === "DELETED") pods.delete(object.metadata.uid ?? "");
    if (object.kind === "NetworkPolicy" && type === "DELETED" && object.metadata.name === "domicile-isolate")
      assert.deepEqual([...pods], []);
  }
});
