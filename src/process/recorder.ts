import type { Observer } from "../admission/observe.ts";
import { canaryNamespace } from "../api/canary.ts";
import type { Reason } from "../api/reasons.ts";
import type { Log } from "../ops/log.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { World } from "../zone/world.ts";

/** Where decisions are told. `audit` hears of what a zone in Audit did not refuse. */
export type Recorded = {
  readonly log: Pick<Log, "child" | "error">;
  readonly metrics: Pick<Metrics, "decided">;
  readonly world: () => World;
  readonly audit: (refusal: { readonly namespace: string; readonly reason: Reason; readonly message: string }) => void;
};

/** One log line and one sample for each decision, and an event where a zone only watches. */
export const makeRecorder = ({ log, metrics, world, audit }: Recorded): Observer => {
  // A decision is a closed set of fields, none of which may hold a secret: to look for one in each line costs more
  // than to write it.
  const decisions = log.child({}, { redact: [] });
  return {
    record: (decision) => {
      // A path may name any zone, and a series for each name that somebody makes up would fill the memory.
      const zone = world().zones.has(decision.zone ?? "") ? decision.zone : undefined;
      // Domicile asks this itself, twice a minute and zone; what comes of it has a metric of its own.
      if (zone !== undefined && decision.dryRun && decision.namespace === canaryNamespace(zone)) {
        decisions.debug(decision, "decided");
        return;
      }
      metrics.decided({ ...decision, zone });
      decisions.info(decision, "decided");
      const { audited, dryRun, namespace, reason } = decision;
      if (audited === undefined || dryRun || namespace === undefined || reason === "Fault") return;
      audit({ namespace, reason, message: audited });
    },
    fault: (error, uid) => log.error({ err: error, uid }, "a defect in deciding a review"),
  };
};
