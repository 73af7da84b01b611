import type { ZoneRecord } from "./record.ts";

/** Whether a zone keeps its nodes to itself now: one that only warns or counts changes nothing. */
export const isExclusive = ({ enforcement, exclusive }: Pick<ZoneRecord, "enforcement" | "exclusive">): boolean =>
  enforcement === "Enforce" && exclusive;
