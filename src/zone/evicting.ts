import type { ZoneRecord } from "./record.ts";
import type { Drift } from "./zone.ts";

/**
 * The zone's limits while pods out of place are evicted, undefined while they are only reported. What replaces a pod is
 * pinned only where the zone enforces, and of a zone that is not valid or is going nobody knows what is out of place.
 */
export const evictionOf = ({ parsed, enforcement, deleting }: ZoneRecord): Drift | undefined =>
  parsed.ok && enforcement === "Enforce" && !deleting && parsed.value.drift.action === "Evict"
    ? parsed.value.drift
    : undefined;
