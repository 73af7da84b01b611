import { explain } from "../api/reasons.ts";
import type { Half } from "../controllers/registration.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";

/** Why this replica, which leads, may neither make nor repair what it registers. */
export type Hindrance = {
  /** As one sentence; undefined where nothing hinders. */
  readonly now: () => string | undefined;
  /** Logs and measures each change once. */
  readonly set: (half: Half, why: string | undefined) => void;
};

/** Remembers it for readiness, and says it in the log and in a metric when it comes and when it goes. */
export const makeHindrance = (log: Log, metrics: Metrics): Hindrance => {
  const whys = new Map<Half, string | undefined>();
  let now: string | undefined;
  return {
    now: () => now,
    set: (half, why) => {
      whys.set(half, why);
      // Mostly both hang on the same, and one sentence is enough.
      const found = [...whys.values()].find((each) => each !== undefined);
      const next = found === undefined ? undefined : explain("OwnerMissing", found);
      if (next === now) return;
      if (next === undefined) log.info("what is registered with the API server is kept again");
      else log.warn({ reason: "OwnerMissing" }, next);
      metrics.registrationHindered(next !== undefined);
      now = next;
    },
  };
};
