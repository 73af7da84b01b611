import type { Operation } from "rfc6902";
import type { Reason } from "../api/reasons.ts";
import type { Answer } from "../placement/mode.ts";
import type { Placement } from "../placement/place.ts";
import { malformedMessage } from "./review.ts";

/** What is answered to one review. A code of 400 is for what is no question, 403 for a refusal, 500 for a fault. */
export type Outcome =
  | { readonly kind: "allowed"; readonly warnings: readonly string[]; readonly audited?: string }
  | { readonly kind: "patched"; readonly patch: readonly Operation[] }
  | { readonly kind: "denied"; readonly code: 400 | 403 | 500; readonly message: string };

/** An outcome with why: `Fault` is a defect of Domicile, everything else one of the closed list of reasons. */
export type Decided = {
  readonly reason: Reason | "Fault";
  readonly zone: string | undefined;
  readonly outcome: Outcome;
};

/** The answer to what could not be read: nothing that is not understood is let in. */
export const malformed = (found: string): Decided => ({
  reason: "Malformed",
  zone: undefined,
  outcome: { kind: "denied", code: 400, message: malformedMessage(found) },
});

/** A placement's reason and zone, with what is answered. */
export const decided = (placement: Placement, outcome: Outcome): Decided => ({
  reason: placement.reason,
  zone: placement.kind === "free" ? undefined : placement.zone,
  outcome,
});

/** Let in, and nothing said. */
export const allowed: Outcome = { kind: "allowed", warnings: [] };

/** Let in, with what a zone that only warns or counts says of it. */
export const letIn = ({ warnings, audited }: Extract<Answer, { readonly kind: "allow" }>): Outcome =>
  audited === undefined ? { kind: "allowed", warnings } : { kind: "allowed", warnings, audited };
