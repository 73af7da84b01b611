import { networkAttachmentAnnotations, nodeLabel } from "../api/names.ts";
import { answer } from "../placement/mode.ts";
import { carriesSelector, pin } from "../placement/pin.ts";
import { isEnforced, place, refuse, type Placement, type Question } from "../placement/place.ts";
import { readPod } from "../placement/shapes.ts";
import { listProblems } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { decided, letIn, malformed, type Decided } from "./decided.ts";
import { isObject } from "./json.ts";
import { patchBetween } from "./patch.ts";
import { objectPath, type Review } from "./review.ts";

type Seen = NonNullable<Question["seen"]>;

/** Answers the mutating review of a pod: what is to be pinned is patched. */
export const mutatePod = (world: World, review: Review, seen?: Seen): Decided => {
  const pod = readPod(review.object, objectPath);
  if (!pod.ok) return malformed(listProblems(pod.problems));
  const question = questionOf(review, seen);
  const placement = place(world, pod.value, question);
  const reply = answer(world, placement, isEnforced(question));
  if (reply.kind === "deny") return decided(placement, { kind: "denied", code: 403, message: reply.message });
  if (!reply.pin || placement.kind !== "pinned") return decided(placement, letIn(reply));
  return decided(placement, { kind: "patched", patch: patchBetween(pod.value, pin(pod.value, placement)) });
};

/**
 * Answers the validating review of a pod, which sees the final object. One that lacks the selector lost it after the
 * mutating review; one that lost a toleration only waits. Where the zone does not enforce nothing was pinned, so nothing is missing.
 */
export const validatePod = (world: World, review: Review, seen?: Seen): Decided => {
  const pod = readPod(review.object, objectPath);
  if (!pod.ok) return malformed(listProblems(pod.problems));
  const question = questionOf(review, seen);
  const placement = place(world, pod.value, question);
  const reply = answer(world, placement, isEnforced(question));
  const final =
    placement.kind === "pinned" &&
    reply.kind === "allow" &&
    reply.pin &&
    !carriesSelector(pod.value.spec, placement.zone)
      ? missing(placement.zone)
      : placement;
  const last = answer(world, final, isEnforced(question));
  if (last.kind === "deny") return decided(final, { kind: "denied", code: 403, message: last.message });
  return decided(final, letIn(last));
};

const missing = (zone: string): Placement =>
  refuse(zone, { reason: "SelectorMissing", field: `spec.nodeSelector[${nodeLabel(zone)}]`, found: "is missing" });

const questionOf = (
  { namespace, operation, subresource, user, object, oldObject }: Review,
  seen: Seen | undefined,
): Question => ({
  ...(seen === undefined ? {} : { seen }),
  namespace,
  operation,
  byNode: user.name.startsWith("system:node:") && user.groups.includes("system:nodes"),
  // A subresource (status, resize, ephemeralcontainers) moves no pod, gated or not.
  wasGated: subresource === "" && hasGates(oldObject?.["spec"]),
  attaches: networkAttachmentAnnotations.some(
    (name) => annotation(object, name) !== undefined && annotation(object, name) !== annotation(oldObject, name),
  ),
});

const annotation = (object: unknown, name: string): unknown => {
  const metadata = isObject(object) ? object["metadata"] : undefined;
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  return isObject(annotations) ? annotations[name] : undefined;
};

const hasGates = (spec: unknown): boolean =>
  isObject(spec) && Array.isArray(spec["schedulingGates"]) && spec["schedulingGates"].length > 0;
