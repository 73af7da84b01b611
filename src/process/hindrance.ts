import { explain } from "../api/reasons.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";

/** Why this replica, which leads, may neither make nor repair the webhook configurations. */
export type Hindrance = {
  /** As one sentence; undefined where nothing hinders. */
  readonly now: () => string | undefined;
  /** Logs and measures each change once. */
  readonly set: (why: string | undefined) => void;
};

/** Remembers it for readiness, and says it in the log and in a metric when it comes and when it goes. */
export const makeHindrance = (log: Log, metrics: Metrics): Hindrance => {
  let now: string | undefined;
  return {
    now: () => now,
    set: (why) => {
      const next = why === undefined ? undefined : explain("OwnerMissing", why);
      if (next === now) return;
      if (next === undefined) log.info("the webhook configurations are kept again");
      else log.warn({ reason: "OwnerMissing" }, next);
      metrics.registrationHindered(next !== undefined);
      now = next;
    },
  };
};
