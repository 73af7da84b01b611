import type { World } from "../zone/world.ts";
import { allowed, type Decided, type Outcome } from "./decided.ts";
import type { Review } from "./review.ts";
import type { Webhook } from "./webhook.ts";

/**
 * The answer when deciding threw, which is a defect of Domicile: what is not decided is not let in. A zone that
 * warns or only watches refuses nothing, for a defect no more than for a pod.
 */
export const faulted = (webhook: Webhook, world: World | undefined, review: Review, error: unknown): Decided => {
  const zone = world?.namespaces.get(review.namespace)?.zone;
  const mode = zone === undefined ? "Enforce" : (world?.zones.get(zone)?.enforcement ?? "Enforce");
  const message = (consequence: string): string =>
    `Domicile failed while it decided (${nameOf(error)}), ${consequence}. ` +
    `Try again; if it lasts, look for ${review.uid} in Domicile's log and report what stands there. (Fault)`;
  const outcome = (): Outcome => {
    if (webhook.onFault === "refuse" && mode === "Enforce")
      return { kind: "denied", code: 500, message: message("and nothing undecided is let in") };
    if (mode === "Audit") return allowed;
    const consequence = webhook.onFault === "refuse" ? "and let it pass" : webhook.onFault.passes;
    return { kind: "allowed", warnings: [message(consequence)] };
  };
  return { reason: "Fault", zone, outcome: outcome() };
};

// A message may quote what was being read, so only its beginning is shown.
const nameOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message.slice(0, 120)}` : "something that is not an Error";
