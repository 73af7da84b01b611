import { contain } from "../egress/contain.ts";
import { allowedIn } from "../egress/uncontained.ts";
import { answer } from "../placement/mode.ts";
import { refuse, unknownZone } from "../placement/place.ts";
import type { World } from "../zone/world.ts";
import { allowed, decided, letIn, type Decided } from "./decided.ts";
import type { Review } from "./review.ts";

/**
 * Answers the review of a NetworkPolicy that somebody else writes. `enforced`: the API server saw its namespace in a
 * zone that enforces, or that it does not know.
 */
export const validatePolicy = (world: World, { namespace, object }: Review, enforced: boolean): Decided => {
  const zone = world.namespaces.get(namespace)?.zone;
  if (zone === undefined) {
    if (!enforced) return { reason: "NotInZone", zone, outcome: allowed };
    const found = "is in a zone for the API server and in none as last heard here";
    const unseen = refuse(unknownZone, { reason: "NamespaceUnseen", field: `namespace ${namespace}`, found });
    return decided(unseen, { kind: "denied", code: 403, message: unseen.message });
  }
  const containment = contain(object, allowedIn(world, zone, namespace));
  if (containment.kind === "contained") return { reason: "PoliciesContained", zone, outcome: allowed };
  const { reason, path, message } = containment;
  const refused = refuse(zone, { reason, field: path, found: message });
  const reply = answer(world, refused, enforced);
  return decided(refused, reply.kind === "deny" ? { kind: "denied", code: 403, message: reply.message } : letIn(reply));
};
