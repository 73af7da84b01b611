import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "./client.ts";
import type { Launch, RunningContainer } from "./container.ts";
import { runContainer } from "./container.ts";
import type { Ref } from "./objects.ts";
import { ref } from "./objects.ts";
import { containerEnv, expand } from "./pod-env.ts";
import type { PodLog } from "./pod-log.ts";
import { openPodLog } from "./pod-log.ts";
import { mountScript } from "./pod-mounts.ts";
import { inNamespace } from "./network.ts";
import { addPodNetwork } from "./pod-network.ts";
import type { Condition, PodFacts } from "./pod-status.ts";
import { podStatus } from "./pod-status.ts";
import { writeVolumes } from "./pod-volumes.ts";
import { makeReporter } from "./reporter.ts";

/** What a container is run as: the words of a command on this machine. */
export type RunAs = (container: V1Container, pod: V1Pod) => readonly string[];

export type PodSetting = {
  readonly pod: V1Pod;
  /** One, or one of each family. */
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  /** The namespace of the node's own network, where it has one. */
  readonly nodeNetwork: string | undefined;
  /** The node's own identity. */
  readonly node: Client;
  readonly runAs: RunAs;
  readonly logFile: string;
};

/** One pod of the harness kubelet, from its first container to its deletion. */
export type PodWorker = {
  readonly uid: string;
  readonly target: Ref;
  readonly podIP: string;
  /** Name of its network namespace, for `ip netns exec`. */
  readonly namespace: string;
  readonly log: PodLog;
  /** Hears of the pod's newest state; a deletion timestamp ends it. */
  update(pod: V1Pod): void;
  signal(name: NodeJS.Signals): void;
  /** Ends its processes at once and says nothing to the API server: what a node's sudden death looks like. */
  abandon(): Promise<void>;
  /** Resolves when nothing of it is left. */
  readonly gone: Promise<void>;
};

const waiting = (container: V1Container) => ({
  name: container.name,
  image: container.image ?? "",
  imageID: "",
  ready: false,
  restartCount: 0,
  state: { waiting: { reason: "PodInitializing" } },
});

/** Starts a pod. */
export const startPod = (setting: PodSetting): PodWorker => {
  const { node, podIPs, hostIPs } = setting;
  const [podIP = "", hostIP = ""] = [podIPs[0], hostIPs[0]];
  let { pod } = setting;
  const { uid = "", name = "", namespace = "" } = pod.metadata ?? {};
  const target = ref("v1", "Pod", name, namespace);
  const folder = join("/run/domicile", uid);
  const startTime = new Date().toISOString();
  const log = openPodLog(setting.logFile);
  const stopping = new AbortController();
  let inits: readonly RunningContainer[] = [];
  let mains: readonly RunningContainer[] = [];
  let phase: PodFacts["phase"] = "Pending";
  let initialized = false;
  let conditions: readonly Condition[] = [];

  const { report, silence } = makeReporter(async () => {
    const body = podStatus(facts(), conditions);
    const patch = { metadata: { uid }, ...body };
    const answer = await node.patch(target, patch, { subresource: "status", type: "strategic" }).catch(() => undefined);
    if (answer?.ok) {
      conditions = body.status.conditions;
      return "written";
    }
    // Another pod may bear the name by now: the uid in the patch makes that a conflict.
    return answer?.status === 404 || answer?.status === 409 || stopping.signal.aborted ? "gone" : "again";
  });
  const facts = (): PodFacts => ({
    pod,
    phase,
    podIPs,
    hostIPs,
    startTime,
    initialized,
    containers: mains.length > 0 ? mains.map((each) => each.status()) : (pod.spec?.containers ?? []).map(waiting),
    initContainers: inits.map((each) => each.status()),
  });

  const launch = (container: V1Container) => async (): Promise<Launch> => {
    const source = { pod, podIP, hostIP, reader: node };
    const scratch = join(folder, "scratch", container.name);
    await mkdir(scratch, { recursive: true });
    await writeVolumes(source, join(folder, "volumes"));
    const env = await containerEnv(container, source);
    const resolved = { ...container, args: container.args?.map((word) => expand(word, env)) ?? [] };
    const script = mountScript(container, join(folder, "volumes"), scratch);
    const words = ["sh", "-e", "-c", script, "sh", ...setting.runAs(resolved, pod)];
    // No fork in this chain: the process that runs is the one that was started, and gets the signals meant for it.
    const chain = [
      "setpriv",
      "--pdeathsig",
      "KILL",
      "--",
      ...inNamespace(network.namespace),
      "unshare",
      "--mount",
      "--propagation",
      "private",
      "--",
    ];
    return { argv: [...chain, ...words], env };
  };
  const restart =
    pod.spec?.restartPolicy === "Never" || pod.spec?.restartPolicy === "OnFailure" ? pod.spec.restartPolicy : "Always";
  const start = (container: V1Container, isInit: boolean): RunningContainer =>
    runContainer({
      container,
      podIP,
      log,
      probes: !isInit,
      restart: isInit && restart === "Always" ? "OnFailure" : restart,
      launch: launch(container),
      changed: () => void report(),
    });

  let network = { namespace: `domicile-${uid}`, remove: async (): Promise<void> => {} };
  const live = async (): Promise<void> => {
    network = await addPodNetwork(uid, podIPs, setting.nodeNetwork);
    for (const container of pod.spec?.initContainers ?? []) {
      if (stopping.signal.aborted) return;
      const init = start(container, true);
      inits = [...inits, init];
      if ((await init.finished) === "Failed") {
        phase = "Failed";
        return;
      }
    }
    initialized = true;
    if (stopping.signal.aborted) return;
    phase = "Running";
    mains = (pod.spec?.containers ?? []).map((container) => start(container, false));
    const refresh = setInterval(
      () => void writeVolumes({ pod, podIP, hostIP, reader: node }, join(folder, "volumes")).catch(() => {}),
      600_000,
    );
    const ends = await Promise.all(mains.map((each) => each.finished));
    clearInterval(refresh);
    phase = ends.every((end) => end === "Succeeded") ? "Succeeded" : "Failed";
  };

  const terminate = async (graceSeconds: number): Promise<void> => {
    stopping.abort();
    const delays =
      graceSeconds > 0
        ? (pod.spec?.containers ?? []).map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0)
        : [];
    await pause(Math.max(0, ...delays) * 1000);
    await Promise.all([...inits, ...mains].map((each) => each.terminate(graceSeconds)));
  };
  const clean = async (): Promise<void> => {
    await network.remove().catch(() => {});
    await rm(folder, { recursive: true, force: true });
  };

  let deleting: Promise<void> | undefined;
  const { promise: gone, resolve: resolveGone } = Promise.withResolvers<void>();
  const lived = live().catch((problem: unknown) => {
    phase = "Failed";
    log.write(`harness: ${String(problem)}\n`);
  });
  void lived.then(report);

  return {
    uid,
    target,
    podIP,
    log,
    gone,
    get namespace() {
      return network.namespace;
    },
    update(next) {
      pod = next;
      if (next.metadata?.deletionTimestamp === undefined || deleting) return;
      deleting = (async () => {
        await terminate(next.metadata?.deletionGracePeriodSeconds ?? 30);
        await lived;
        await report();
        await clean();
        await node.delete(target, { gracePeriodSeconds: 0, uid }).catch(() => {});
        resolveGone();
      })();
    },
    signal: (signalName) => mains.forEach((each) => each.signal(signalName)),
    async abandon() {
      silence();
      await terminate(0);
      await lived;
      await clean();
      resolveGone();
    },
  };
};
