import type { Reason } from "../api/reasons.ts";
import { evictionOf } from "../zone/evicting.ts";
import type { ZoneRecord } from "../zone/record.ts";

/** What is said of pods out of place in a zone with so many verified nodes. */
export const driftReason = (record: ZoneRecord, verified: number): Reason => {
  if (evictionOf(record) === undefined) return "PodsOutOfPlace";
  return verified === 0 ? "EvictionStopped" : "PodsEvicting";
};
