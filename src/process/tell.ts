import { explain } from "../api/reasons.ts";
import type { CanaryFound } from "../controllers/canary.ts";
import type { LoopParts } from "../controllers/loop.ts";
import type { WatchProblem } from "../kube/watch.ts";
import type { Parts } from "./parts.ts";

type Told = Pick<Parts, "log" | "metrics">;

/** Logs and counts the outcome of one reconcile. */
export const tellReconcile = (
  { log, metrics }: Told,
  { name, key, outcome, why, failure }: Parameters<LoopParts["observe"]>[0],
): void => {
  metrics.reconciled(name, outcome);
  if (outcome === "failed") log.warn({ controller: name, key, err: failure }, "reconcile failed; it is tried again");
  else log.debug({ controller: name, key, outcome, why }, "reconciled");
};

/** Logs and counts a fault that a watch survived. */
export const tellWatch = ({ log, metrics }: Told, resource: string, problem: WatchProblem): void => {
  metrics.watchProblem(resource);
  log.warn({ resource, problem }, "a watch was interrupted; it goes on");
};

/** Measures what came of trying the guards of a zone, and logs what is not as it should be. */
export const tellCanary = ({ log, metrics }: Told, zone: string, found: CanaryFound | undefined): void => {
  metrics.tried(zone, found);
  for (const [door, attempt] of Object.entries(found ?? {})) {
    if (attempt.kind === "admitted") log.error({ zone, door, reason: "CanaryAdmitted" }, explain("CanaryAdmitted"));
    if (attempt.kind === "unanswered") log.warn({ zone, door, why: attempt.why }, "the guards could not be tried");
  }
};
