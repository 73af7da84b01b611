import { conditionTypes, type StoredCondition } from "../api/conditions.ts";
import { reasons, type Reason } from "../api/reasons.ts";
import { field, items, text } from "./json.ts";

/** The conditions in an object's status. One that this version of Domicile would not write is left out. */
export const storedConditions = (raw: unknown): readonly StoredCondition[] =>
  items(field(field(raw, "status"), "conditions")).flatMap((stored): readonly StoredCondition[] => {
    const type = conditionTypes.find((known) => known === field(stored, "type"));
    const status = (["True", "False", "Unknown"] as const).find((known) => known === field(stored, "status"));
    const reason = field(stored, "reason");
    const message = field(stored, "message");
    const generation = field(stored, "observedGeneration");
    const lastTransitionTime = text(field(stored, "lastTransitionTime"));
    if (type === undefined || status === undefined || !isReason(reason)) return [];
    if (typeof message !== "string" || lastTransitionTime === undefined) return [];
    const observedGeneration = typeof generation === "number" ? generation : 0;
    return [{ type, status, reason, message, observedGeneration, lastTransitionTime }];
  });

const isReason = (value: unknown): value is Reason => typeof value === "string" && Object.hasOwn(reasons, value);
