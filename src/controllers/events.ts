import type { Reason } from "../api/reasons.ts";
import { failedWith } from "../kube/failure.ts";
import { create } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { makeEventBudget } from "./event-budget.ts";

/** The object an event is about. Events of cluster-scoped objects live in the namespace `default`. */
export type Regarding = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly namespace?: string;
};

/** One event, as its author words it. */
export type Report = {
  readonly regarding: Regarding;
  /** The zone it is about, where one object has a verdict for each: they share no budget. */
  readonly zone?: string;
  readonly type: "Normal" | "Warning";
  readonly reason: Reason;
  /** What Domicile did, as one verb. */
  readonly action: string;
  /** The whole sentence, as `explain` gives it. */
  readonly note: string;
  readonly signal: AbortSignal;
};

/** Writes events.k8s.io/v1 Events. An event that cannot be written is reported to `lost` and holds up nothing. */
export type Events = { readonly report: (report: Report) => Promise<void> };

type Parts = {
  readonly transport: Transport;
  readonly instance: string;
  readonly now: () => Date;
  /** A short name that no other event bears. */
  readonly unique: () => string;
  readonly lost: (problem: unknown) => void;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
};

/** Kubernetes refuses notes above 1 kB. */
const longestNote = 1_000;

/** Events written to the API server, within a budget for each object, zone and reason; `instance` is the pod that writes them. */
export const makeEvents = ({ transport, instance, now, unique, lost, monotonic }: Parts): Events => {
  const affordable = makeEventBudget(monotonic);
  return {
    report: async ({ regarding, zone = "", type, reason, action, note, signal }) => {
      if (!affordable(`${regarding.kind} ${regarding.uid} ${reason} ${zone}`)) return;
      const time = now().toISOString().replace("Z", "000Z");
      try {
        await create(
          transport,
          resources.events,
          {
            metadata: {
              name: `${regarding.name.slice(0, 200)}.${unique()}`,
              namespace: regarding.namespace ?? "default",
            },
            eventTime: time,
            type,
            reason,
            action,
            note: note.length > longestNote ? `${note.slice(0, longestNote - 3)}...` : note,
            regarding,
            reportingController: "domicile.dev/controller",
            reportingInstance: instance,
          },
          signal,
        );
      } catch (problem) {
        // A namespace that is going away takes no events; anything else is told, and never worth failing the work for.
        if (!signal.aborted && !failedWith(problem, "notFound")) lost(problem);
      }
    },
  };
};
