import { bind, type BindingQuestion } from "../placement/bind.ts";
import { answer } from "../placement/mode.ts";
import { isEnforced } from "../placement/place.ts";
import { readBinding } from "../placement/shapes.ts";
import { listProblems } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { decided, letIn, malformed, type Decided } from "./decided.ts";
import { objectPath, type Review } from "./review.ts";

/** Answers the review of a Binding, whichever of the two resources took it. */
export const validateBinding = (world: World, review: Review, seen?: BindingQuestion["seen"]): Decided => {
  const binding = readBinding(review.object, objectPath);
  if (!binding.ok) return malformed(listProblems(binding.problems));
  const question = { namespace: review.namespace, ...(seen === undefined ? {} : { seen }) };
  const placement = bind(world, binding.value, question);
  const reply = answer(world, placement, isEnforced(question));
  if (reply.kind === "deny") return decided(placement, { kind: "denied", code: 403, message: reply.message });
  return decided(placement, letIn(reply));
};
