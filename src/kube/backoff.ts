import type { Failure } from "./failure.ts";

/** A watch comes back this soon after its first fault: what it brings may be a node gone bad. */
const firstMs = 200;
const lastMs = 30_000;

/** Milliseconds to wait before try number `attempt` + 1 (0 = the first failure), spread over half its width; never less than the API server's Retry-After. */
export const backoffMs = (attempt: number, random: number, failure?: Failure): number => {
  const wide = Math.min(lastMs, firstMs * 2 ** Math.min(attempt, 20));
  const asked = failure !== undefined && "retryAfterMs" in failure ? (failure.retryAfterMs ?? 0) : 0;
  return Math.max(wide * (0.5 + random / 2), Math.min(asked, lastMs));
};
