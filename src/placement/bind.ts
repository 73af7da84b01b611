import type { Binding } from "../api/kubernetes.ts";
import type { World } from "../zone/world.ts";
import { bindingChecks } from "./binding-checks.ts";
import { namespaceFault, refuse, unseen, type Placement, type Question } from "./place.ts";

/** What is known of a request besides the Binding in it. */
export type BindingQuestion = Pick<Question, "namespace" | "seen">;

/**
 * Decides one Binding, whoever sent it and by whichever of the two doors. It names a node that stands already and is
 * judged by what stands: nothing that a Binding says makes a node eligible.
 */
export const bind = (world: World, binding: Binding, question: BindingQuestion): Placement => {
  const zone = world.namespaces.get(question.namespace)?.zone;
  if (zone === undefined && question.seen === undefined) return { kind: "free", reason: "NotInZone" };
  if (zone === undefined || (question.seen?.zone ?? zone) !== zone) return unseen(world, question, zone);

  const namespace = namespaceFault(world, question, zone);
  if (namespace !== undefined) return refuse(zone, namespace);
  for (const check of bindingChecks) {
    const fault = check(world, zone, binding);
    if (fault !== undefined) return refuse(zone, fault);
  }
  return { kind: "inPlace", zone, reason: "NodeIsVerified" };
};
