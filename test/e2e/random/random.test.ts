import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as fc from "fast-check";
import { must } from "../../cluster/client.ts";
import { connect, type Cluster } from "../../cluster/cluster.ts";
import { field, ref, type KubeObject, type Manifest } from "../../cluster/objects.ts";
import { applyZone, joinZone } from "../domicile.ts";
import { deploymentOf } from "../resources.ts";
import { expected, type Expected } from "./expected.ts";
import { home, randomNodes, type KnownNode } from "./nodes.ts";
import { manifestOf, randomPods, type RandomPod } from "./pods.ts";

/** DOMICILE_RANDOM_PODS=100000 is a long run; a failure is seen again with the same DOMICILE_SEED. */
const count = Number(process.env["DOMICILE_RANDOM_PODS"] ?? 2_000);
const seed = Number(process.env["DOMICILE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** So many that the nodes have room for all of them. */
const batch = 250;
/** Requests on their way at the same time. */
const lanes = 16;

const zone = "random";
const namespace = "random-pods";
const kind = { apiVersion: "v1", kind: "Pod" } as const;

let cluster: Cluster;
let nodes: readonly KnownNode[];
let uids: Readonly<Record<string, string>>;
const abroad: string[] = [];
const watching = new AbortController();
let following: Promise<void>;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: home } });
  nodes = await randomNodes(cluster, "random", seed);
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Node" },
    (all) => all.length === nodes.filter(({ verified }) => verified).length,
    {
      labelSelector: `domicile.dev.node-restriction.kubernetes.io/${zone}=verified`,
      describe: "the honest nodes are verified, and no others",
    },
  );
  await joinZone(cluster, namespace, zone);
  uids = await owners();
  const verified = new Set(nodes.flatMap((node) => (node.verified ? [node.name] : [])));
  following = cluster.admin.follow(
    kind,
    (pods) => {
      for (const pod of pods) {
        const node = field(pod, "spec.nodeName");
        if (typeof node === "string" && !verified.has(node)) abroad.push(`${pod.metadata.name} on ${node}`);
      }
    },
    { namespace, signal: watching.signal },
  );
});
after(async () => {
  watching.abort();
  await following;
  await cluster.close();
});

/** Objects that pods may name as their owners; the garbage collector takes away pods of owners that are not there. */
const owners = async (): Promise<Readonly<Record<string, string>>> => {
  const deployment = { ...deploymentOf("owner", namespace, 0) } as KubeObject;
  const { template, selector } = (deployment.spec ?? {}) as { readonly template: object; readonly selector: object };
  const manifests = [
    { ...ref("apps/v1", "ReplicaSet", "owner", namespace), spec: { replicas: 0, selector, template } },
    { ...ref("apps/v1", "DaemonSet", "owner", namespace), spec: { selector, template: nowhere(template) } },
    {
      ...ref("batch/v1", "Job", "owner", namespace),
      spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: "Never" } } },
    },
  ] as readonly Manifest[];
  const made = await Promise.all(manifests.map((manifest) => must(cluster.admin.create<KubeObject>(manifest))));
  return Object.fromEntries(made.map((object) => [object.kind, object.metadata.uid ?? ""]));
};
const podSpec = { containers: [{ name: "main", image: "example/app" }] };
const nowhere = (template: object): object => ({
  ...template,
  spec: { ...podSpec, nodeSelector: { "example/disk": "none" } },
});

type Made = { readonly name: string; readonly pod: RandomPod; readonly wanted: Expected };

/** Sends pods side by side; gives those that were let in, and what was answered otherwise than expected. */
const send = async (all: readonly Made[], wrong: string[]): Promise<readonly Made[]> => {
  const left = all.values();
  const admitted: Made[] = [];
  const lane = async (): Promise<void> => {
    for (const made of left) {
      const { name, pod, wanted } = made;
      const { ok, status, message } = await cluster.admin.create(manifestOf(pod, name, namespace, uids));
      const fits = "refused" in wanted ? status === 403 && message.endsWith(`(${wanted.refused})`) : ok;
      if (!fits) wrong.push(`${said(made)} was answered ${status} ${message}`);
      if (!ok) continue;
      admitted.push(made);
      if (pod.gated)
        await must(cluster.admin.patch(ref("v1", "Pod", name, namespace), { spec: { schedulingGates: [] } }));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return admitted;
};

const said = ({ pod, wanted }: Made): string => `${JSON.stringify(pod)}, expected ${JSON.stringify(wanted)},`;

/** Whether nothing more will happen to a pod: it runs, or its scheduler found no node, or nobody schedules it. */
const settled = (pod: KubeObject, { pod: { scheduler }, wanted }: Made): boolean => {
  if (scheduler !== undefined || "refused" in wanted) return true;
  // KWOK says of a Job's pods at once that they have succeeded.
  if (field(pod, "status.phase") !== "Pending") return true;
  return wanted.nodes.length === 0 && scheduledReason(pod) === "Unschedulable";
};

/** Why a pod is not bound; a gated one is said to be SchedulingGated until the scheduler has heard otherwise. */
const scheduledReason = (pod: KubeObject): unknown =>
  ((field(pod, "status.conditions") ?? []) as readonly { readonly type: string; readonly reason?: string }[]).find(
    ({ type }) => type === "PodScheduled",
  )?.reason;

const isWhereExpected = (pod: KubeObject, { pod: { scheduler }, wanted }: Made): boolean => {
  const node = field(pod, "spec.nodeName");
  const eligible: readonly unknown[] = "refused" in wanted || scheduler !== undefined ? [] : wanted.nodes;
  return eligible.length === 0 ? node === undefined : eligible.includes(node);
};

test(`whatever a pod asks for, it runs on a verified node or not at all (P1, P9, P14, P16, P17)`, async (t) => {
  t.diagnostic(`${count} pods, DOMICILE_SEED=${seed}`);
  const pods = fc.sample(
    randomPods(
      zone,
      "chicago",
      nodes.map(({ name }) => name),
    ),
    { seed, numRuns: count },
  );
  const all = pods.map((pod, at): Made => ({ name: `random-${at}`, pod, wanted: expected(pod, zone, nodes) }));
  const wrong: string[] = [];
  const seen = { refused: 0, running: 0, waiting: 0 };
  for (let from = 0; from < all.length; from += batch) {
    const admitted = await send(all.slice(from, from + batch), wrong);
    const byName = new Map(admitted.map((made) => [made.name, made]));
    const stored = await cluster.admin.untilList<KubeObject>(
      kind,
      (now) =>
        now.length === byName.size &&
        now.every((pod) => settled(pod, byName.get(pod.metadata.name ?? "") ?? unknown(pod))),
      { namespace, describe: "every pod that was let in runs or is known to wait", deadlineMs: 120_000 },
    );
    for (const pod of stored) {
      const made = byName.get(pod.metadata.name ?? "") ?? unknown(pod);
      const node = field(pod, "spec.nodeName");
      if (!isWhereExpected(pod, made)) wrong.push(`${said(made)} is on ${String(node)}`);
      if (node === undefined) seen.waiting += 1;
      else seen.running += 1;
    }
    seen.refused += Math.min(batch, all.length - from) - admitted.length;
    await copies(
      stored.find((pod) => field(pod, "status.phase") === "Running"),
      wrong,
    );
    await clear();
  }
  t.diagnostic(`refused ${seen.refused}, running ${seen.running}, waiting ${seen.waiting}`);
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.deepEqual(abroad.slice(0, 5), []);
  // A run in which one of the three does not happen tests less than it says.
  assert.ok(Math.min(seen.refused, seen.running, seen.waiting) > 0);
});

const unknown = (pod: KubeObject): never => {
  throw new Error(`nobody made ${pod.metadata.name}`);
};

/** What `kubectl debug --copy-to` makes of a pod, with and without --same-node: labels go, all else is copied. */
const copies = async (pod: KubeObject | undefined, wrong: string[]): Promise<void> => {
  if (pod === undefined) return;
  const { nodeName, ...spec } = pod.spec ?? {};
  const copy = (name: string, more: object): Manifest =>
    ({ ...ref("v1", "Pod", name, namespace), spec: { ...spec, ...more } }) as Manifest;
  const anywhere = await cluster.admin.create(copy("copy", {}), { dryRun: true });
  if (!anywhere.ok) wrong.push(`a debug copy was answered ${anywhere.message}`);
  const same = await cluster.admin.create(copy("copy-same-node", { nodeName }), { dryRun: true });
  if (same.ok || !same.message.endsWith("(NodeNameSet)")) wrong.push(`a debug copy on its node: ${same.message}`);
};

/** One by one: for a whole collection an API server takes longer than it gives itself for a request, when it is busy. */
const clear = async (): Promise<void> => {
  const left = (await must(cluster.admin.list(kind, { namespace }))).items.values();
  const lane = async (): Promise<void> => {
    for (const { metadata } of left)
      await cluster.admin.delete(ref("v1", "Pod", metadata.name ?? "", namespace), { gracePeriodSeconds: 0 });
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await cluster.admin.untilList(kind, (pods) => pods.length === 0, { namespace, describe: "the pods are gone" });
};
