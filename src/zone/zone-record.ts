import { defaultSchedulers } from "../api/zone-schedulers.ts";
import { field, fields, items, text, texts } from "./json.ts";
import { parseZone } from "./parse-zone.ts";
import { recordOf } from "./record-of.ts";
import type { ZoneRecord } from "./record.ts";
import type { Enforcement } from "./zone.ts";

const modes: readonly Enforcement[] = ["Enforce", "Warn", "Audit"];

/** What is kept of a ResidencyZone, valid or not; undefined for what is no object of the API server. */
export const projectZone = (raw: unknown): ZoneRecord | undefined => {
  const record = recordOf(raw);
  if (record === undefined) return undefined;
  const schedulers = texts(field(field(raw, "spec"), "schedulers"));
  const { conditions: _, ...status } = fields(field(raw, "status")) ?? {};
  return {
    ...record,
    enforcement: modes.find((mode) => mode === field(field(raw, "spec"), "enforcement")) ?? "Enforce",
    schedulers: schedulers.length > 0 ? schedulers : defaultSchedulers,
    namespaces: texts(field(field(raw, "spec"), "namespaces")),
    exclusive: field(field(field(raw, "spec"), "nodes"), "exclusivity") === "Exclusive",
    approves: items(field(field(field(raw, "spec"), "egress"), "clusters")).flatMap(
      (one) => text(field(one, "name")) ?? [],
    ),
    parsed: parseZone(raw),
    status,
  };
};
