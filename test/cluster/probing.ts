import type { V1Container, V1Probe } from "@kubernetes/client-node";
import { setTimeout as pause } from "node:timers/promises";
import { askProbe } from "./probe.ts";

/** What probes say about one start of a container. */
export type Verdict = { readonly started: boolean; readonly ready: boolean };

/**
 * Runs a container's probes until the signal aborts: startup first, then readiness and liveness side by side.
 * `changed` hears every new verdict; `unhealthy` is called once, when startup or liveness has failed for good.
 */
export const runProbes = async (
  container: V1Container,
  podIP: string,
  {
    changed,
    unhealthy,
    signal,
  }: { readonly changed: (verdict: Verdict) => void; readonly unhealthy: () => void; readonly signal: AbortSignal },
): Promise<void> => {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const ask = (probe: V1Probe): Promise<boolean> => askProbe(probe, container, podIP);
  try {
    if (startupProbe && !(await untilStarted(startupProbe, ask, signal))) return unhealthy();
    changed({ started: true, ready: readinessProbe === undefined });
    await Promise.all([
      readinessProbe
        ? watchReadiness(readinessProbe, ask, (ready) => changed({ started: true, ready }), signal)
        : undefined,
      livenessProbe ? untilUnhealthy(livenessProbe, ask, unhealthy, signal) : undefined,
    ]);
  } catch (problem) {
    if (!signal.aborted) throw problem;
  }
};

type Ask = (probe: V1Probe) => Promise<boolean>;

const period = ({ periodSeconds = 10 }: V1Probe): number => periodSeconds * 1000;
// What is not up yet is asked more often than a kubelet would, so that tests need not wait for the next period.
const eager = 200;

const untilStarted = async (probe: V1Probe, ask: Ask, signal: AbortSignal): Promise<boolean> => {
  await pause((probe.initialDelaySeconds ?? 0) * 1000, undefined, { signal });
  const deadline = performance.now() + period(probe) * (probe.failureThreshold ?? 3);
  while (!(await ask(probe))) {
    if (performance.now() > deadline) return false;
    await pause(eager, undefined, { signal });
  }
  return true;
};

const watchReadiness = async (
  probe: V1Probe,
  ask: Ask,
  say: (ready: boolean) => void,
  signal: AbortSignal,
): Promise<void> => {
  await pause((probe.initialDelaySeconds ?? 0) * 1000, undefined, { signal });
  let ready = false;
  let opposite = 0;
  while (!signal.aborted) {
    opposite = (await ask(probe)) === ready ? 0 : opposite + 1;
    if (opposite >= (ready ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1))) {
      ready = !ready;
      opposite = 0;
      say(ready);
    }
    await pause(ready ? period(probe) : Math.min(eager, period(probe)), undefined, { signal });
  }
};

const untilUnhealthy = async (probe: V1Probe, ask: Ask, unhealthy: () => void, signal: AbortSignal): Promise<void> => {
  await pause((probe.initialDelaySeconds ?? 0) * 1000, undefined, { signal });
  let failures = 0;
  while (!signal.aborted) {
    await pause(period(probe), undefined, { signal });
    failures = (await ask(probe)) ? 0 : failures + 1;
    if (failures >= (probe.failureThreshold ?? 3)) return unhealthy();
  }
};
