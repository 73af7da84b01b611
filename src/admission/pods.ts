import { mirrorAnnotation, nodeLabel, zoneLabel } from "../api/names.ts";
import type { Pod } from "../api/kubernetes.ts";
import { explain } from "../api/reasons.ts";
import { answer } from "../placement/mode.ts";
import { pin } from "../placement/pin.ts";
import { place, refuse, type Placement, type Question } from "../placement/place.ts";
import { listProblems } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { allowed, decided, malformed, type Decided } from "./decided.ts";
import { isObject } from "./json.ts";
import { patchBetween } from "./patch.ts";
import type { Review } from "./review.ts";
import { readPod } from "./shapes.ts";

/** Answers the mutating review of a pod: what is to be pinned is patched. */
export const mutatePod = (world: World, review: Review): Decided => {
  const pod = readPod(review.object);
  if (!pod.ok) return malformed(listProblems(pod.problems));
  const question = questionOf(review);
  if (isAhead(world, pod.value, question)) return notSeenYet(world, question.namespace);
  const placement = place(world, pod.value, question);
  const reply = answer(world, placement);
  if (reply.kind === "deny") return decided(placement, { kind: "denied", code: 403, message: reply.message });
  if (!reply.pin || placement.kind !== "pinned")
    return decided(placement, { kind: "allowed", warnings: reply.warnings });
  return decided(placement, { kind: "patched", patch: patchBetween(pod.value, pin(pod.value, placement.zone)) });
};

/**
 * Answers the validating review of a pod, which sees the final object. One that would still have to be pinned lost
 * the selector after the mutating review. Where the zone does not enforce nothing was pinned, so nothing is missing.
 */
export const validatePod = (world: World, review: Review): Decided => {
  const pod = readPod(review.object);
  if (!pod.ok) return malformed(listProblems(pod.problems));
  const question = questionOf(review);
  if (isAhead(world, pod.value, question)) return notSeenYet(world, question.namespace);
  const placement = place(world, pod.value, question);
  const reply = answer(world, placement);
  const final =
    placement.kind === "pinned" && reply.kind === "allow" && reply.pin ? missing(placement.zone) : placement;
  const last = answer(world, final);
  return last.kind === "deny"
    ? decided(final, { kind: "denied", code: 403, message: last.message })
    : decided(final, last.warnings.length === 0 ? allowed : { kind: "allowed", warnings: last.warnings });
};

/**
 * We are only asked about namespaces that bear a zone's label. One that is in no zone here got its label a moment ago,
 * so the API server is ahead of our memory, and letting the pod pass would let it run anywhere.
 */
const isAhead = (world: World, pod: Pod, { namespace, operation, byNode, wasGated }: Question): boolean =>
  world.namespaces.get(namespace)?.zone === undefined &&
  (operation === "CREATE" || wasGated) &&
  !(byNode && pod.metadata?.annotations?.[mirrorAnnotation] !== undefined);

/** Which zone, and so which mode, is not known yet. Where some zone refuses nothing, the failurePolicy knows. */
const notSeenYet = (world: World, namespace: string): Decided => {
  const message = `namespace ${namespace}: its label ${zoneLabel} is not seen yet. ${explain("NamespaceNotSealed")} (NamespaceNotSealed)`;
  const allEnforce = [...world.zones.values()].every(({ enforcement }) => enforcement === "Enforce");
  return {
    reason: "NamespaceNotSealed",
    zone: undefined,
    outcome: allEnforce ? { kind: "denied", code: 403, message } : { kind: "undecided", message },
  };
};

const missing = (zone: string): Placement =>
  refuse(zone, { reason: "SelectorMissing", field: `spec.nodeSelector[${nodeLabel(zone)}]`, found: "is missing" });

const questionOf = ({ namespace, operation, subresource, user, oldObject }: Review): Question => ({
  namespace,
  operation,
  byNode: user.name.startsWith("system:node:") && user.groups.includes("system:nodes"),
  // A subresource (status, resize, ephemeralcontainers) moves no pod, gated or not.
  wasGated: subresource === "" && hasGates(oldObject?.["spec"]),
});

const hasGates = (spec: unknown): boolean =>
  isObject(spec) && Array.isArray(spec["schedulingGates"]) && spec["schedulingGates"].length > 0;
