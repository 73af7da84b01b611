import { contain } from "../egress/contain.ts";
import type { AllowedIn } from "../egress/uncontained.ts";
import { answer } from "../placement/mode.ts";
import { refuse } from "../placement/place.ts";
import type { World } from "../zone/world.ts";
import { allowed, decided, letIn, type Decided } from "./decided.ts";
import type { Review } from "./review.ts";

/**
 * Answers the review of a policy that may concern the pods of every zone: what the first zone that enforces does not
 * allow is refused, what others do not is only told. A zone that nobody knows and that namespaces still name enforces.
 */
export const validateClusterPolicy = (world: World, { object }: Review, allowedIn: AllowedIn): Decided => {
  const zones = new Set([...world.namespaces.values()].flatMap(({ zone }) => zone ?? []));
  const found: Decided[] = [];
  for (const zone of [...zones].toSorted()) {
    const containment = contain(object, allowedIn(world, zone, undefined));
    if (containment.kind === "contained") continue;
    const { reason, path, message } = containment;
    const refused = refuse(zone, { reason, field: path, found: message });
    const reply = answer(world, refused);
    if (reply.kind === "deny") return decided(refused, { kind: "denied", code: 403, message: reply.message });
    found.push(decided(refused, letIn(reply)));
  }
  const [first] = found;
  if (first === undefined) return { reason: "PoliciesContained", zone: undefined, outcome: allowed };
  const warnings = found.flatMap(({ outcome }) => (outcome.kind === "allowed" ? outcome.warnings : []));
  return first.outcome.kind === "allowed" ? { ...first, outcome: { ...first.outcome, warnings } } : first;
};
