import type { Reason } from "../api/reasons.ts";
import { answer } from "../placement/mode.ts";
import { refuse, unknownZone } from "../placement/place.ts";
import type { Fault } from "../placement/spec-checks.ts";
import type { World } from "../zone/world.ts";
import { allowed, decided, letIn, type Decided } from "./decided.ts";
import type { Review } from "./review.ts";

/** What is asked of an object once its zone is known: a fault, or undefined where there is none. */
type Judge = (zone: string) => Fault | undefined;

/**
 * Answers the review of an object that is no pod, by its namespace's zone and the zone's mode; what has no fault passes
 * with the reason `passes`. `enforced`: the API server saw the namespace in a zone that enforces, or that it does not know.
 */
export const judgeInZone = (
  world: World,
  { namespace }: Pick<Review, "namespace">,
  enforced: boolean,
  passes: Reason,
  judge: Judge,
): Decided => {
  const zone = world.namespaces.get(namespace)?.zone;
  if (zone === undefined) {
    if (!enforced) return { reason: "NotInZone", zone, outcome: allowed };
    const found = "is in a zone for the API server and in none as last heard here";
    const unseen = refuse(unknownZone, { reason: "NamespaceUnseen", field: `namespace ${namespace}`, found });
    return decided(unseen, { kind: "denied", code: 403, message: unseen.message });
  }
  const fault = judge(zone);
  if (fault === undefined) return { reason: passes, zone, outcome: allowed };
  const refused = refuse(zone, fault);
  const reply = answer(world, refused, enforced);
  return decided(refused, reply.kind === "deny" ? { kind: "denied", code: 403, message: reply.message } : letIn(reply));
};
