import { answer } from "../placement/mode.ts";
import { readWorkload } from "../placement/shapes.ts";
import { pinTemplate, placeTemplate, podTemplate, workloadKinds, type WorkloadKind } from "../placement/template.ts";
import { listProblems } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { decided, letIn, malformed, type Decided } from "./decided.ts";
import { sameJson } from "./json.ts";
import { patchBetween } from "./patch.ts";
import { objectPath, type Review } from "./review.ts";

/** Answers the mutating review of an object that makes pods: its template is pinned when nobody else writes it. */
export const mutateTemplate = (world: World, review: Review): Decided => {
  const kind = workloadKinds.find((known) => known === review.kind.kind);
  if (kind === undefined) return malformed(`request.kind ${review.kind.kind} has no pod template`);
  const workload = readWorkload(review.object, kind, objectPath);
  if (!workload.ok) return malformed(listProblems(workload.problems));
  const placement = placeTemplate(world, workload.value, {
    namespace: review.namespace,
    operation: review.operation,
    kind,
    templateChanged: templateChanged(review, kind),
  });
  const reply = answer(world, placement);
  if (reply.kind === "deny") return decided(placement, { kind: "denied", code: 403, message: reply.message });
  if (!reply.pin || placement.kind !== "pinned") return decided(placement, letIn(reply));
  const pinned = pinTemplate(workload.value, kind, placement);
  return decided(placement, { kind: "patched", patch: patchBetween(workload.value, pinned) });
};

/** Whether the request changes the pod template. A scale, a status or an annotation does not, and pins nothing. */
const templateChanged = ({ operation, subresource, object, oldObject }: Review, kind: WorkloadKind): boolean => {
  if (operation === "CREATE") return true;
  if (subresource !== "") return false;
  const before = readWorkload(oldObject, kind, "request.oldObject");
  const after = readWorkload(object, kind, objectPath);
  if (!before.ok || !after.ok) return true;
  return !sameJson(podTemplate(before.value, kind), podTemplate(after.value, kind));
};
