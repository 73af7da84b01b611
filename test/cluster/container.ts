import type { V1Container, V1ContainerStatus } from "@kubernetes/client-node";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { PodLog } from "./pod-log.ts";
import { runProbes } from "./probing.ts";

/** Everything one start of a container needs; made anew for each start, as secrets may have changed. */
export type Launch = { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };

export type ContainerSetting = {
  readonly container: V1Container;
  readonly podIP: string;
  readonly restart: "Always" | "OnFailure" | "Never";
  readonly probes: boolean;
  readonly log: PodLog;
  readonly launch: () => Promise<Launch>;
  readonly changed: () => void;
};

/** A container run as a process and started again when it ends, as its pod's restart policy says. */
export type RunningContainer = {
  readonly status: () => V1ContainerStatus;
  readonly finished: Promise<"Succeeded" | "Failed">;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, then SIGKILL after the grace period (seconds); resolves when it has ended for good. */
  terminate(graceSeconds: number): Promise<void>;
};

type State =
  | { readonly at: "waiting"; readonly reason: string; readonly message?: string }
  | {
      readonly at: "running";
      readonly child: ChildProcess;
      readonly since: string;
      readonly started: boolean;
      readonly ready: boolean;
    }
  | { readonly at: "ended"; readonly exitCode: number; readonly since: string; readonly until: string };

/** Starts a container and keeps it as its restart policy says. */
export const runContainer = (setting: ContainerSetting): RunningContainer => {
  const { container, log, changed } = setting;
  let state: State = { at: "waiting", reason: "ContainerCreating" };
  let last: Extract<State, { at: "ended" }> | undefined;
  let restarts = 0;
  const ending = new AbortController();
  const enter = (next: State): void => {
    state = next;
    changed();
  };

  const once_ = async (): Promise<Extract<State, { at: "ended" }>> => {
    const { argv, env } = await setting.launch();
    const [program = "false", ...args] = argv;
    if (ending.signal.aborted) throw new Error("the pod is being deleted");
    const child = spawn(program, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const since = new Date().toISOString();
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => log.write(String(text)));
    const ended = once(child, "close");
    const probing = new AbortController();
    enter({
      at: "running",
      child,
      since,
      started: !container.startupProbe,
      ready: !container.startupProbe && !container.readinessProbe,
    });
    const probes = setting.probes
      ? runProbes(container, setting.podIP, {
          signal: probing.signal,
          changed: (verdict) => state.at === "running" && enter({ ...state, ...verdict }),
          unhealthy: () => void kill(child, "SIGTERM", 10),
        })
      : undefined;
    const [code, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    probing.abort();
    await probes?.catch((problem: unknown) => log.write(`probe: ${String(problem)}\n`));
    return {
      at: "ended",
      exitCode: code ?? (signal === "SIGKILL" ? 137 : 143),
      since,
      until: new Date().toISOString(),
    };
  };

  const loop = async (): Promise<"Succeeded" | "Failed"> => {
    for (let failures = 0; ; failures += 1) {
      try {
        last = await once_();
        enter(last);
      } catch (problem) {
        const message = problem instanceof Error ? problem.message : String(problem);
        if (!ending.signal.aborted) enter({ at: "waiting", reason: "CreateContainerConfigError", message });
      }
      const succeeded = state.at === "ended" && state.exitCode === 0;
      const again =
        state.at !== "ended" || setting.restart === "Always" || (setting.restart === "OnFailure" && !succeeded);
      if (ending.signal.aborted || !again) return succeeded ? "Succeeded" : "Failed";
      // Far shorter than a kubelet's ten seconds, and growing all the same, so that a crash loop does not eat the machine.
      await pause(Math.min(10_000, 200 * 2 ** failures), undefined, { signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return succeeded ? "Succeeded" : "Failed";
      if (state.at === "ended") restarts += 1;
      enter({
        at: "waiting",
        reason: state.at === "ended" ? "CrashLoopBackOff" : state.at === "waiting" ? state.reason : "ContainerCreating",
      });
    }
  };
  const finished = loop();

  return {
    finished,
    status: () => statusOf(container, state, last, restarts),
    signal: (name) => {
      if (state.at === "running") state.child.kill(name);
    },
    async terminate(graceSeconds) {
      ending.abort();
      if (state.at === "running") await kill(state.child, "SIGTERM", graceSeconds);
      await finished;
    },
  };
};

const kill = async (child: ChildProcess, signal: NodeJS.Signals, graceSeconds: number): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  const ended = once(child, "close");
  child.kill(signal);
  const last = setTimeout(() => killGroup(group), graceSeconds * 1000);
  await ended;
  clearTimeout(last);
};

/** Its processes may all have ended while what they printed is still being read. */
const killGroup = (group: number): void => {
  try {
    process.kill(group, "SIGKILL");
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== "ESRCH") throw problem;
  }
};

// Times are strings on the wire; client-node's Date is what its own decoder makes of them.
const statusOf = (
  container: V1Container,
  state: State,
  last: Extract<State, { at: "ended" }> | undefined,
  restartCount: number,
): V1ContainerStatus => {
  const ended = (end: Extract<State, { at: "ended" }>) => ({
    terminated: {
      exitCode: end.exitCode,
      reason: end.exitCode === 0 ? "Completed" : "Error",
      startedAt: end.since,
      finishedAt: end.until,
    },
  });
  const now =
    state.at === "waiting"
      ? { waiting: { reason: state.reason, ...(state.message ? { message: state.message } : {}) } }
      : state.at === "running"
        ? { running: { startedAt: state.since } }
        : ended(state);
  const status = {
    name: container.name,
    image: container.image ?? "",
    imageID: container.image ?? "",
    containerID: `process://${container.name}-${restartCount}`,
    ready: state.at === "running" && state.ready,
    started: state.at === "running" && state.started,
    restartCount,
    state: now,
    ...(last && state.at !== "ended" ? { lastState: ended(last) } : {}),
  };
  return status as object as V1ContainerStatus;
};
