import type { ConditionStatus } from "../api/conditions.ts";
import type { Reason } from "../api/reasons.ts";
import type { Enforcing } from "../egress/enforcing.ts";
import type { Enforcement } from "../zone/zone.ts";
import type { Attempt } from "./canary-attempt.ts";
import type { CanaryFound } from "./canary.ts";
import type { NativeSync } from "./native-registration.ts";

/** What is known of whether a zone holds: its guards as they were tried, native policies, and the network. */
export type Holding = {
  readonly enforcement: Enforcement;
  /** What came of trying the guards last; undefined before the first try. */
  readonly canary: CanaryFound | undefined;
  /** How native policies compare with what is compiled; undefined where the installation has none. */
  readonly native: NativeSync | undefined;
  readonly enforcing: Enforcing;
};

const statuses = { found: "True", missing: "False", unknown: "Unknown" } as const;

/** The condition Enforced. What is not known never counts as enforced. */
export const enforced = ({
  enforcement,
  canary,
  native,
  enforcing,
}: Holding): readonly [ConditionStatus, Reason, string?] => {
  if (enforcement !== "Enforce") return ["False", "NotEnforcing"];
  const doors = (wanted: Attempt["kind"]): string =>
    Object.entries(canary ?? {})
      .flatMap(([door, { kind }]) => (kind === wanted ? [door] : []))
      .join(" and ");
  const admitted = doors("admitted");
  if (admitted !== "") return ["False", "CanaryAdmitted", `Let in: ${admitted}.`];
  if (native !== undefined && native.differing.length > 0)
    return ["False", "NativePoliciesDiffer", `Not as compiled: ${native.differing.join(", ")}.`];
  const [refused, unanswered] = [doors("refused"), doors("unanswered")];
  const tried = [
    ["Tried and refused as they must be", refused],
    ["Not tried, for the API server gave no answer of the zone's", unanswered],
  ].flatMap(([said, found]) => (found === "" ? [] : `${said}: ${found}. `));
  const stands =
    native === undefined ? "There are no native policies." : `Native policies are as compiled (${native.hash}).`;
  const detail = `${enforcing.detail} ${tried.join("")}${stands}`;
  if (enforcing.kind === "found" && (refused === "" || unanswered !== "")) return ["Unknown", "GuardsNotTried", detail];
  return [statuses[enforcing.kind], enforcing.reason, detail];
};
