import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import {
  applyZone,
  entrypoint,
  home,
  installDomicile,
  startHome,
  uninstallDomicile,
  untilSealed,
} from "../e2e/domicile.ts";
import { readyReplicas, untilLeader, type Replica } from "../e2e/replicas.ts";
import type { Measure } from "./measure.ts";
import { grow, makeNamespaces, nodesOf, podsOf, zones, type Size } from "./population.ts";
import { memoryOf, processesOf, timesOf, type Process } from "./processes.ts";
import { countTraffic, trafficSoFar } from "./traffic.ts";

const quietMs = 60_000;
const relabels = 15;
const opsPort = 8080;

/** What a replica costs by the size of the cluster: memory, time until ready, time of a relabel, requests while nothing changes. */
export const scaleSection = async function* (most: Size): AsyncGenerator<Measure> {
  const cluster = await connect();
  const kubelet = await startHome(cluster);
  try {
    await installDomicile(cluster);
    await countTraffic(cluster);
    await makeNamespaces(cluster);
    for (const { name, region } of zones)
      await applyZone(cluster, name, { nodes: { provider: "OCI", regions: [region] } });
    // Nobody keeps these nodes alive, and nobody is to mark them and evict their pods for that.
    await cluster.component("kube-controller-manager", "stop");
    let size: Size = { nodes: 0, pods: 0 };
    for (const next of sizesUpTo(most)) {
      await moveNamespaces(cluster, size.pods, "out");
      await grow(cluster, size, next);
      size = next;
      await moveNamespaces(cluster, size.pods, "in");
      yield* measuresOf(cluster, kubelet, size);
    }
    await cluster.component("kube-controller-manager", "start");
    await uninstallDomicile(cluster);
  } finally {
    await kubelet.stop();
    await cluster.close();
  }
};

const sizesUpTo = (most: Size): readonly Size[] =>
  [{ nodes: 100, pods: 1_000 }, { nodes: 1_000, pods: 10_000 }, most].filter(
    ({ nodes }, at, all) => nodes <= most.nodes && nodes !== all[at - 1]?.nodes,
  );

/** Namespaces join once their pods are there, for in a zone nobody may create a pod bound. */
const moveNamespaces = async (cluster: Cluster, pods: number, way: "in" | "out"): Promise<void> => {
  // A zone that enforces lets go of no namespace with pods in it.
  for (const { name } of zones)
    await must(
      cluster.admin.patch(ref("domicile.dev/v1alpha1", "ResidencyZone", name), {
        spec: { enforcement: way === "in" ? "Enforce" : "Warn" },
      }),
    );
  for (const { name } of zones) {
    const labels = { "domicile.dev/zone": way === "in" ? name : null };
    await must(cluster.admin.patch(ref("v1", "Namespace", name), { metadata: { labels } }));
  }
  for (const { name } of zones)
    if (way === "in") await untilSealed(cluster, name, name);
    else
      await cluster.admin.until<KubeObject>(
        ref("v1", "Namespace", name),
        ({ metadata }) => metadata.labels?.["domicile.dev/sealed"] === undefined,
        { describe: `${name} is let go, with ${pods} pods` },
      );
};

const measuresOf = async function* (cluster: Cluster, kubelet: Kubelet, size: Size): AsyncGenerator<Measure> {
  const of = `${size.nodes.toLocaleString("en-US")} nodes, ${size.pods.toLocaleString("en-US")} pods`;
  await untilCounted(cluster, size);
  await untilLabelled(cluster, size);
  const before = processes();
  for (const { name } of await readyReplicas(cluster)) kubelet.kill({ name, namespace: home }, "SIGKILL");
  const ready = await untilReadyAnew(cluster, before);
  yield {
    title: `${of}: start until ready`,
    value: Math.max(...ready),
    unit: "s",
    low: Math.min(...ready),
    high: Math.max(...ready),
  };

  const leader = await untilLeader(cluster);
  await untilCounted(cluster, size);
  // What the start left behind: the leader's first look at everything, and its writes.
  await pause(quietMs / 4);
  const leading = processes().find(({ podName }) => podName === leader);
  if (leading === undefined) throw new Error(`replica ${leader} leads, and no process says that it is that`);
  const { busy } = timesOf(leading);
  const traffic = await trafficSoFar(cluster);
  await pause(quietMs);
  const after = await trafficSoFar(cluster);
  yield { title: `${of}: leader's processor time in a quiet minute`, value: timesOf(leading).busy - busy, unit: "s" };
  for (const kind of ["watches", "lease", "tries", "policies", "others"] as const)
    yield {
      title: `${of}: requests in a quiet minute, ${kind}`,
      value: after[kind] - traffic[kind],
      unit: "",
      ...(kind === "policies" || kind === "others" ? { target: { atMost: 0 } } : {}),
    };
  const memory = processes().map(memoryOf);
  yield memoryMeasure(
    `${of}: resident memory of a replica`,
    memory.map(({ resident }) => resident),
    size,
  );
  yield memoryMeasure(
    `${of}: the most it ever was`,
    memory.map(({ peak }) => peak),
  );

  if (size.nodes > 0) yield* relabelMeasures(cluster, leading, of, size);
};

const memoryMeasure = (title: string, values: readonly number[], size?: Size): Measure => ({
  title,
  value: Math.max(...values),
  unit: "MiB",
  low: Math.min(...values),
  high: Math.max(...values),
  ...(size ? { target: { atMost: size.pods <= 10_000 ? 160 : 256 } } : {}),
});

const processes = (): readonly Process[] => processesOf(entrypoint().at(-1) ?? "");

/** Seconds from each new process' start to its first "ready". */
const untilReadyAnew = async (cluster: Cluster, before: readonly Process[]): Promise<readonly number[]> => {
  const { body } = await cluster.admin.list({ apiVersion: "v1", kind: "Pod" }, { namespace: home });
  const replicas = body.items.map((pod): Replica => ({
    name: pod.metadata.name ?? "",
    ip: String(field(pod, "status.podIP")),
  }));
  const old = new Set(before.map(({ pid }) => pid));
  return Promise.all(
    replicas.map(async ({ name, ip }) => {
      for (;;) {
        const found = processes().find(({ pid, podName }) => podName === name && !old.has(pid));
        if (found !== undefined && (await isReady(ip))) return timesOf(found).age;
        await pause(20);
      }
    }),
  );
};

const isReady = async (ip: string): Promise<boolean> => {
  try {
    const { statusCode, body } = await request(`http://${ip}:${opsPort}/readyz`);
    await body.dump();
    return statusCode === 200;
  } catch {
    // It does not listen yet.
    return false;
  }
};

/** Resolves when every zone's nodes bear its label. */
const untilLabelled = async (cluster: Cluster, size: Size): Promise<void> => {
  for (const [at, { name }] of zones.entries())
    await cluster.admin.untilList(
      { apiVersion: "v1", kind: "Node" },
      (nodes) => nodes.length === nodesOf(at, size).length,
      {
        labelSelector: `domicile.dev.node-restriction.kubernetes.io/${name}=verified`,
        describe: `the nodes of zone ${name} are labelled`,
        deadlineMs: 300_000,
      },
    );
};

/** Resolves when every zone's status counts all of its nodes and pods. */
const untilCounted = async (cluster: Cluster, size: Size): Promise<void> => {
  for (const [at, { name }] of zones.entries())
    await cluster.admin.until(
      ref("domicile.dev/v1alpha1", "ResidencyZone", name),
      (zone) =>
        (field(zone, "status.nodes.verified") ?? 0) === nodesOf(at, size).length &&
        (field(zone, "status.pods.inPlace") ?? 0) === podsOf(at, size),
      { describe: `zone ${name} counts its nodes and pods`, deadlineMs: 300_000 },
    );
};

const relabelMeasures = async function* (
  cluster: Cluster,
  leader: Process,
  of: string,
  size: Size,
): AsyncGenerator<Measure> {
  const zone = zones[0]?.name ?? "";
  const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
  const times = { lost: [] as number[], back: [] as number[] };
  const { busy } = timesOf(leader);
  for (const name of nodesOf(0, size).slice(0, relabels))
    // The zone's label, for its region label may not be made to contradict its providerID.
    for (const [way, value] of [
      ["lost", "EU-FRANKFURT-1-AD-1"],
      ["back", "PHX-AD-1"],
    ] as const) {
      const node = ref("v1", "Node", name);
      const begun = performance.now();
      const changed = cluster.admin.until<KubeObject>(
        node,
        ({ metadata }) =>
          (metadata.labels?.[label] === undefined) === (way === "lost") &&
          metadata.labels?.["topology.kubernetes.io/zone"] === value,
        { describe: `node ${name}: label ${way}` },
      );
      const labels = { "topology.kubernetes.io/zone": value, "failure-domain.beta.kubernetes.io/zone": value };
      await must(cluster.admin.patch(node, { metadata: { labels } }));
      await changed;
      times[way].push(performance.now() - begun);
    }
  yield timeMeasure(`${of}: relabel of a node until its label is lost`, times.lost);
  yield timeMeasure(`${of}: relabel back until its label is there`, times.back);
  yield {
    title: `${of}: leader's processor time per relabel`,
    value: ((timesOf(leader).busy - busy) * 1000) / (times.lost.length * 2),
    unit: "ms",
  };
};

const timeMeasure = (title: string, ms: readonly number[]): Measure => {
  const sorted = ms.toSorted((a, b) => a - b);
  return {
    title,
    value: sorted[sorted.length >> 1] ?? NaN,
    unit: "ms",
    low: sorted[0] ?? NaN,
    high: sorted.at(-1) ?? NaN,
  };
};
