import type { Reason } from "../api/reasons.ts";
import type { Problem } from "../zone/problem.ts";

/** Why there are no policies for a zone. Whoever reads it keeps the last good ones. */
export type Refusal = { readonly kind: "refused"; readonly reason: Reason; readonly problems: readonly Problem[] };

/** A refusal with its problems, or undefined when there are none. */
export const refuseIf = (reason: Reason, problems: readonly Problem[]): Refusal | undefined =>
  problems.length === 0 ? undefined : { kind: "refused", reason, problems };
