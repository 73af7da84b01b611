import type { V1Pod } from "@kubernetes/client-node";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Agent, request } from "undici";
import { must } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { inNamespace, ip } from "./network.ts";
import { serveLogs } from "./kubelet-server.ts";
import { keepNodeAlive } from "./node-heartbeat.ts";
import { addNodeNetwork, routePods } from "./node-network.ts";
import { untilSchedulable } from "./nodes.ts";
import { field } from "./objects.ts";
import type { NodeShape } from "./oracle.ts";
import { oracleNode } from "./oracle.ts";
import type { PodWorker, RunAs } from "./pod-worker.ts";
import { startPod } from "./pod-worker.ts";
import type { Output } from "./spawned.ts";
import { output } from "./spawned.ts";

/** What names a pod; a V1Pod's metadata does. */
export type PodName = { readonly name: string; readonly namespace: string };

/** A node whose pods really run, as processes of this machine. */
export type Kubelet = {
  readonly nodeName: string;
  /** The first of its addresses. */
  readonly address: string;
  /** The network namespace of a node that has one of its own. */
  readonly network: string | undefined;
  /** Everything the pod's containers have written so far. */
  logs(pod: PodName): string;
  /** Resolves when the pod's log has a match. */
  untilLogged(pod: PodName, pattern: RegExp, deadlineMs?: number): Promise<RegExpExecArray>;
  /** GETs a path of the pod, over HTTPS without looking at the certificate when `https` is true. */
  scrape(
    pod: PodName,
    port: number,
    path: string,
    https?: boolean,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** Sends a signal to the pod's containers; what ends is started again as its restart policy says. */
  kill(pod: PodName, signal: NodeJS.Signals): void;
  /** Runs a command in the pod's network namespace. */
  exec(pod: PodName, argv: readonly string[]): Promise<Output>;
  /** Sudden death of the node: its processes end, nobody tells the API server. */
  crash(): Promise<void>;
  /** Ends every pod and removes the node. */
  stop(): Promise<void>;
};

export type KubeletOptions = NodeShape & {
  /** What to run for a container. */
  readonly run: RunAs;
  /**
   * Whether the node has a network of its own, as a machine has: addresses of both families for it and its pods, and room
   * for its own enforcer. Nobody asks its pods' probes or its logs. The session's, unless this says otherwise.
   */
  readonly network?: "own";
};

/** Registers a node and runs its pods; resolves when the scheduler may use it. */
export const startKubelet = async (
  cluster: Cluster,
  { run, network: kind, ...shape }: KubeletOptions,
): Promise<Kubelet> => {
  const nodeName = shape.name;
  const address = addressOf(nodeName);
  const addresses = kind === "own" ? [address, addressOf6(nodeName)] : [address];
  const own = kind === "own" ? await addNodeNetwork(nodeName, addresses) : undefined;
  if (own === undefined) await ip(`addr replace ${address}/32 dev lo`);
  const node = await must(
    cluster.admin.create(oracleNode({ ...shape, labels: { "domicile.test/kubelet": "process", ...shape.labels } })),
  );
  const identity = await cluster.asNode(nodeName);
  const stopping = new AbortController();
  const alive = await keepNodeAlive(identity, nodeName, addresses, stopping.signal);
  const { spec } = await cluster.admin.until(node, (now) => typeof field(now, "spec.podCIDR") === "string", {
    describe: `the controller-manager gives node ${nodeName} a pod range`,
  });
  const ranges = (spec?.["podCIDRs"] ?? []) as readonly string[];
  const [range = ""] = ranges;
  const takeAddress = addressPool(range);
  if (own !== undefined) await routePods(own, ranges);

  const workers = new Map<string, { readonly worker: PodWorker; readonly free: () => void }>();
  const forget = async (worker: PodWorker, free: () => void): Promise<void> => {
    await worker.gone;
    free();
    ended.add(worker.uid);
    workers.delete(worker.uid);
  };
  // Also of pods that are gone: their logs are still of interest.
  const all: PodWorker[] = [];
  const begin = (pod: V1Pod, uid: string): PodWorker => {
    const { last, free } = takeAddress();
    const podIPs = (own === undefined ? [range] : ranges).map((block) => within(block, last));
    const logFile = join(cluster.session.folder, "pods", `${pod.metadata?.namespace}_${pod.metadata?.name}_${uid}.log`);
    const worker = startPod({
      pod,
      podIPs,
      hostIPs: addresses,
      nodeNetwork: own?.namespace,
      node: identity,
      runAs: run,
      logFile,
    });
    workers.set(uid, { worker, free });
    all.push(worker);
    void forget(worker, free);
    return worker;
  };
  // A list that was under way when a pod ended must not start it again.
  const ended = new Set<string>();
  const see = (pods: readonly V1Pod[]): void => {
    for (const pod of pods) {
      const uid = pod.metadata?.uid ?? "";
      const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
      const known = workers.get(uid)?.worker;
      if (known) known.update(pod);
      else if (!ended.has(uid) && !isOver) begin(pod, uid).update(pod);
      else if (pod.metadata?.deletionTimestamp)
        void identity.delete(asRef(pod), { gracePeriodSeconds: 0, uid }).catch(() => {});
    }
    const present = new Set(pods.map((pod) => pod.metadata?.uid));
    for (const [uid, { worker }] of workers) if (!present.has(uid)) void worker.abandon();
  };
  const following = identity.follow(
    { apiVersion: "v1", kind: "Pod" },
    (pods) => see(pods as readonly object[] as readonly V1Pod[]),
    {
      fieldSelector: `spec.nodeName=${nodeName}`,
      signal: stopping.signal,
    },
  );
  await untilSchedulable(cluster, node);

  const lastOf = ({ name, namespace }: PodName): PodWorker | undefined =>
    all.findLast(({ log }) => log.file.includes(`/${namespace}_${name}_`));
  const readLog = (namespace: string, name: string): string | undefined => lastOf({ namespace, name })?.log.text;
  // Served from here, so only at an address of the session's own network.
  const server = own === undefined ? await serveLogs(cluster.session.authority, address, readLog) : undefined;
  const find = (pod: PodName): PodWorker => {
    const worker = lastOf(pod);
    if (worker === undefined) throw new Error(`node ${nodeName} runs no pod ${pod.namespace}/${pod.name}`);
    return worker;
  };
  const crash = async (): Promise<void> => {
    stopping.abort();
    server?.close();
    await Promise.all([following, alive.ended, ...[...workers.values()].map(({ worker }) => worker.abandon())]);
  };
  return {
    nodeName,
    address,
    network: own?.namespace,
    logs: (pod) => find(pod).log.text,
    untilLogged: async (pod, pattern, deadlineMs) => find(pod).log.until(pattern, deadlineMs),
    async scrape(pod, port, path, https = false) {
      const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
      const answer = await request(`${https ? "https" : "http"}://${find(pod).podIP}:${port}${path}`, { dispatcher });
      const text = await answer.body.text();
      await dispatcher.close();
      return { status: answer.statusCode, text };
    },
    kill: (pod, signal) => find(pod).signal(signal),
    exec(pod, argv) {
      const [program = "false", ...args] = [...inNamespace(find(pod).namespace), ...argv];
      return output(program, args);
    },
    crash,
    async stop() {
      const pods = [...workers.values()].map(({ worker }) => worker.target);
      await crash();
      await Promise.all(pods.map((pod) => cluster.admin.delete(pod, { gracePeriodSeconds: 0 })));
      await cluster.admin.delete(node, {});
      await own?.remove();
      await identity.close();
    },
  };
};

const asRef = (pod: V1Pod) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: pod.metadata?.name ?? "", namespace: pod.metadata?.namespace ?? "" },
});

/** Two bytes of a node's addresses, the same for the same name. */
const bytesOf = (name: string): readonly [number, number] => {
  const hash = createHash("sha256").update(name).digest();
  return [1 + ((hash[0] ?? 0) % 250), 1 + ((hash[1] ?? 0) % 250)];
};

/** An address of this session's loopback for a node, or of the node's own network. */
const addressOf = (name: string): string => `10.250.${bytesOf(name).join(".")}`;
const addressOf6 = (name: string): string => `fd00:10:250::${bytesOf(name).join(":")}`;

const addressPool = (range: string) => {
  const taken = new Set<number>();
  return () => {
    let last = 2;
    while (taken.has(last)) last += 1;
    if (last > 254) throw new Error(`pod range ${range} is used up`);
    taken.add(last);
    return { last, free: () => taken.delete(last) };
  };
};

/** An address of a node's block: 10.244.3.7 of 10.244.3.0/24, fd00:10:244:3::7 of fd00:10:244:3::/64. */
const within = (block: string, last: number): string =>
  block.replace(/(0|:)\/\d+$/, (_, end) => `${end === ":" ? ":" : ""}${last}`);
