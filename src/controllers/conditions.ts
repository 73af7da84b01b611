import type { Condition, StoredCondition } from "../api/conditions.ts";

/** The conditions to store: the time of the last transition moves only where the status does. */
export const storedConditions = (
  before: readonly StoredCondition[],
  decided: readonly Condition[],
  now: Date,
): readonly StoredCondition[] =>
  decided.map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      old?.status === condition.status ? old.lastTransitionTime : now.toISOString().replace(/\.\d+Z$/, "Z");
    return { ...condition, lastTransitionTime };
  });
