import { hasBalancer, widerBackends, withVerifiedBackends } from "../egress/backends.ts";
import { boundsOf, exposableOf, exposure } from "../egress/exposure.ts";
import type { AllowedIn } from "../egress/uncontained.ts";
import type { World } from "../zone/world.ts";
import { allowed, malformed, type Decided } from "./decided.ts";
import { judgeInZone } from "./in-zone.ts";
import { isObject } from "./json.ts";
import { patchBetween } from "./patch.ts";
import type { Review, ReviewedKind } from "./review.ts";

/** Whether it is of a kind that may lead into a zone or out of it, of whatever version. */
export const isExposable = ({ group, kind }: ReviewedKind): boolean => exposableOf(group, kind) !== undefined;

/**
 * Answers the review of what may lead into a zone or out of it. `enforced`: the API server saw its namespace in a zone
 * that enforces, or that it does not know.
 */
export const validateExposure = (world: World, review: Review, enforced: boolean, allowedIn: AllowedIn): Decided => {
  const { kind, namespace, object } = review;
  const judged = exposableOf(kind.group, kind.kind);
  if (judged === undefined) return malformed(`request.kind ${kind.kind} leads nowhere`);
  return judgeInZone(world, review, enforced, "ExposureContained", (zone) => {
    const found = exposure(judged, object, boundsOf(world, zone, allowedIn)(namespace));
    if (found.kind === "exposed") return { reason: found.reason, field: found.path, found: found.message };
    // Where nothing is enforced nobody writes the annotations, and nobody need be told.
    return enforced && judged === "/Service" ? widerBackends(object, zone) : undefined;
  });
};

/** Answers the mutating review of a Service in a zone that enforces: its balancer gets the zone's nodes. */
export const mutateService = (
  world: World,
  { namespace, operation, object }: Review,
  allowedIn: AllowedIn,
): Decided => {
  const zone = world.namespaces.get(namespace)?.zone;
  const pass: Decided = { reason: "ExposureContained", zone, outcome: allowed };
  if (zone === undefined || !hasBalancer(object) || widerBackends(object, zone) === undefined) return pass;
  // What stands and is not listed may still be labelled, which it could not be if it were changed here as well.
  if (
    operation === "UPDATE" &&
    exposure("/Service", object, boundsOf(world, zone, allowedIn)(namespace)).kind === "exposed"
  )
    return pass;
  const metadata = isObject(object["metadata"]) ? object["metadata"] : {};
  const wanted = { ...object, metadata: { ...metadata, annotations: withVerifiedBackends(object, zone) } };
  return { reason: "BackendsVerified", zone, outcome: { kind: "patched", patch: patchBetween(object, wanted) } };
};
