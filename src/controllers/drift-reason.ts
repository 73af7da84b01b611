import type { Reason } from "../api/reasons.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { Drift } from "../zone/zone.ts";

/**
 * The zone's limits while pods out of place are evicted, undefined while they are only reported. What replaces a pod is
 * pinned only where the zone enforces, and of a zone that is not valid or is going nobody knows what is out of place.
 */
export const evictionOf = ({ parsed, enforcement, deleting }: ZoneRecord): Drift | undefined =>
  parsed.ok && enforcement === "Enforce" && !deleting && parsed.value.drift.action === "Evict"
    ? parsed.value.drift
    : undefined;

/** What is said of pods out of place in a zone with so many verified nodes. */
export const driftReason = (record: ZoneRecord, verified: number): Reason => {
  if (evictionOf(record) === undefined) return "PodsOutOfPlace";
  return verified === 0 ? "EvictionStopped" : "PodsEvicting";
};
