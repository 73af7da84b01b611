import { field, fields } from "./json.ts";
import { metadataOf } from "./metadata.ts";
import { parseZone } from "./parse-zone.ts";
import type { ZoneRecord } from "./record.ts";
import { storedConditions } from "./stored-conditions.ts";
import type { Enforcement } from "./zone.ts";

const modes: readonly Enforcement[] = ["Enforce", "Warn", "Audit"];

/** What is kept of a ResidencyZone, valid or not; undefined for what is no object of the API server. */
export const projectZone = (raw: unknown): ZoneRecord | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { name, uid, generation, deleting, finalizers } = metadata;
  const { conditions: _, ...status } = fields(field(raw, "status")) ?? {};
  return {
    name,
    uid,
    generation,
    deleting,
    finalizers,
    conditions: storedConditions(raw),
    enforcement: modes.find((mode) => mode === field(field(raw, "spec"), "enforcement")) ?? "Enforce",
    parsed: parseZone(raw),
    status,
  };
};
