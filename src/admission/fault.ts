import { answer } from "../placement/mode.ts";
import type { World } from "../zone/world.ts";
import type { Decided } from "./decided.ts";
import type { Review } from "./review.ts";
import type { Webhook } from "./webhook.ts";

/**
 * The answer when deciding threw, which is a defect of Domicile: what is not decided is not let in. A zone that
 * warns or only watches refuses nothing, for a defect no more than for a pod.
 */
export const faulted = (webhook: Webhook, world: World | undefined, review: Review, error: unknown): Decided => {
  const zone = world?.namespaces.get(review.namespace)?.zone;
  const message = faultMessage(error, review.uid);
  if (webhook.onFault === "pass")
    return {
      reason: "Fault",
      zone,
      outcome: { kind: "allowed", warnings: [`${message} Its pods are judged anyway.`] },
    };
  const reply =
    world !== undefined && zone !== undefined
      ? answer(world, { kind: "refused", zone, reason: "Malformed", message })
      : { kind: "deny" as const, message };
  return {
    reason: "Fault",
    zone,
    outcome:
      reply.kind === "deny"
        ? { kind: "denied", code: 500, message: reply.message }
        : { kind: "allowed", warnings: reply.warnings },
  };
};

/** Says that it is not the user's fault, what was thrown, and where to look. */
export const faultMessage = (error: unknown, uid: string): string =>
  `Domicile failed while it decided (${nameOf(error)}), and nothing undecided is let in. ` +
  `Try again; if it lasts, look for ${uid} in Domicile's log and report what stands there. (Fault)`;

// A message may quote what was being read, so only its beginning is shown.
const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.slice(0, 120)}` : "something that is not an Error";
