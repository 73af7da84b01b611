import { contain } from "../egress/contain.ts";
import type { AllowedIn } from "../egress/uncontained.ts";
import type { World } from "../zone/world.ts";
import type { Decided } from "./decided.ts";
import { judgeInZone } from "./in-zone.ts";
import type { Review } from "./review.ts";

/**
 * Answers the review of a policy of one namespace that somebody else writes. `enforced`: the API server saw its namespace in a
 * zone that enforces, or that it does not know.
 */
export const validatePolicy = (world: World, review: Review, enforced: boolean, allowedIn: AllowedIn): Decided =>
  judgeInZone(world, review, enforced, "PoliciesContained", (zone) => {
    const containment = contain(review.object, allowedIn(world, zone, review.namespace));
    if (containment.kind === "contained") return undefined;
    const { reason, path, message } = containment;
    return { reason, field: path, found: message };
  });
