import { askedToWaitMs } from "./failure.ts";

/** What failed once is tried again this soon: it may be news of a node gone bad. */
const firstMs = 200;
/** A fault that lasts is tried about twice a minute: nothing must wait long once its cause is gone. */
const lastMs = 30_000;

/** Milliseconds to wait before try number `attempt` + 1 (0 = the first failure), spread by `random` (0 to 1) over half its width; never sooner than the Retry-After of `problem`, and spread above that. */
export const backoffMs = (attempt: number, random: number, problem?: unknown): number => {
  const wide = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 20));
  return Math.max(wide * (0.5 + random / 2), askedToWaitMs(problem) * (1 + random / 4));
};
