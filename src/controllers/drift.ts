import { explain } from "../api/reasons.ts";
import { evict, type Evicted } from "../kube/evict.ts";
import type { Transport } from "../kube/transport.ts";
import { nextEviction, noEvictions, outOfPlace, tried, wasRefused, type Evictions } from "../placement/eviction.ts";
import { evictionOf } from "../zone/evicting.ts";
import type { PodFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Drift } from "../zone/zone.ts";
import { makeDriftReport, regarding } from "./drift-report.ts";
import type { Events } from "./events.ts";
import { settled, type Outcome, type Reconcile } from "./loop.ts";
import type { CountNodes } from "./node-count.ts";

/** What drift is dealt with by. */
export type DriftParts = {
  readonly transport: Transport;
  readonly world: World;
  readonly events: Events;
  readonly countNodes: CountNodes;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  /** Hears of every try to evict a pod of a zone. */
  readonly tried: (zone: string, outcome: Evicted["kind"]) => void;
};

/** Events of one look are told in some hundred milliseconds; then come the next. */
const soonMs = 1_000;

/**
 * Tells of a zone's pods out of place, and evicts one where the zone says so: one try in each reconcile, at the time that
 * `nextEviction` gives. `concerns` says whether a zone with so many pods out of place wants a look.
 */
export const makeDrift = (
  parts: DriftParts,
): { readonly reconcile: Reconcile; readonly concerns: (zone: string, outOfPlace: number) => boolean } => {
  const { world, countNodes, monotonic } = parts;
  const began = monotonic();
  const histories = new Map<string, Evictions>();
  const report = makeDriftReport(parts);
  return {
    concerns: (zone, away) => away > 0 || report.remembers(zone),
    reconcile: async (zone, signal) => {
      const record = world.zones.get(zone);
      if (record === undefined || !record.parsed.ok) {
        report.forget(zone);
        if (record === undefined) histories.delete(zone);
        return settled;
      }
      const { verified } = countNodes(world, zone, record.parsed.value);
      const more = await report.tell(record, verified.size, outOfPlace(world, zone, verified), signal);
      const told: Outcome = more ? { kind: "again", afterMs: soonMs } : settled;
      const limits = evictionOf(record);
      if (limits === undefined) return told;

      const history = histories.get(zone) ?? noEvictions(began);
      const now = monotonic();
      const step = nextEviction({ world, zone, limits, verified, history, now });
      switch (step.kind) {
        case "rest":
        case "stopped":
          return told;
        case "wait":
          return { kind: "again", afterMs: Math.min(step.until - now, more ? soonMs : Infinity) };
        case "evict": {
          const answer = await evict(parts.transport, step.pod, signal);
          histories.set(zone, tried({ world, zone, history, now: monotonic() }, step.pod, answer.kind));
          parts.tried(zone, answer.kind);
          // A budget that holds is asked every few seconds, and told of once.
          if (answer.kind === "granted" || (answer.kind === "refused" && !wasRefused(history, step.pod)))
            await tell(parts, zone, limits, step.pod, answer, signal);
          return { kind: "again", afterMs: 1 };
        }
        default:
          return step satisfies never;
      }
    },
  };
};

const tell = async (
  { world, events }: DriftParts,
  zone: string,
  { maxPerMinute, maxUnavailable }: Drift,
  pod: PodFacts,
  answer: Evicted,
  signal: AbortSignal,
): Promise<void> => {
  const granted = answer.kind === "granted";
  const reason = granted ? "PodEvicted" : "EvictionRefused";
  const said = answer.kind === "refused" ? `: ${answer.why}` : ".";
  const limits = granted ? ` At most ${maxPerMinute} a minute, ${maxUnavailable} of a workload at once.` : "";
  await events.report({
    regarding: regarding(world, pod),
    zone,
    type: granted ? "Normal" : "Warning",
    reason,
    action: "Evict",
    note: explain(reason, `Zone ${zone}: ${pod.namespace}/${pod.name} on ${pod.node}${said}${limits}`),
    signal,
  });
};
