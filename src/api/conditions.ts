import type { Reason } from "./reasons.ts";

/** Condition types of a ResidencyZone, in the order a person reads them. RemoteClusters have Accepted alone. */
export const conditionTypes = [
  "Accepted",
  "ResolvedRefs",
  "NodesVerified",
  "Isolated",
  "PoliciesContained",
  "ExposureContained",
  "Enforced",
  "PodsInPlace",
  "Ready",
] as const;

/** One of them. */
export type ConditionType = (typeof conditionTypes)[number];
/** Unknown: there is no input to judge by. */
export type ConditionStatus = "True" | "False" | "Unknown";

/** A condition as decided: without the time of its last transition, which the writer keeps. */
export type Condition = {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
  readonly observedGeneration: number;
};

/** A condition as stored. `lastTransitionTime` is RFC 3339 and moves only when `status` does. */
export type StoredCondition = Condition & { readonly lastTransitionTime: string };
