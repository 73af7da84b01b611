import type { Reason } from "../api/reasons.ts";
import type { Decided } from "./decided.ts";
import type { Review } from "./review.ts";

/**
 * One review and what became of it, for one log line and one metrics sample. It holds no object and no user name:
 * names of objects and namespaces identify workloads, user names identify people.
 */
export type Decision = {
  readonly path: string;
  readonly decision: "allowed" | "warned" | "audited" | "patched" | "denied";
  readonly reason: Reason | "Fault";
  readonly zone: string | undefined;
  /** The refusal that a zone in Audit kept from the user. */
  readonly audited: string | undefined;
  readonly dryRun: boolean;
  /** From the parsed body to the answer, in milliseconds. */
  readonly ms: number;
  /** Undefined, as are the fields after it, where the review could not be read so far. */
  readonly uid: string | undefined;
  readonly operation: string | undefined;
  readonly kind: string | undefined;
  readonly namespace: string | undefined;
  /** The name or, while there is none, the generateName. */
  readonly name: string | undefined;
};

/** Who is told of decisions, and of defects of our own with the error that shows them. */
export type Observer = {
  readonly record: (decision: Decision) => void;
  readonly fault: (error: unknown, uid: string | undefined) => void;
};

/** What is told of one review: `review` is undefined where the body was none. */
export const decisionOf = (
  path: string,
  { reason, zone, outcome }: Decided,
  review: Partial<Review> | undefined,
  ms: number,
): Decision => ({
  path,
  decision: decisionWord(outcome),
  audited: outcome.kind === "allowed" ? outcome.audited : undefined,
  dryRun: review?.dryRun ?? false,
  reason,
  zone,
  ms,
  uid: review?.uid,
  operation: review?.operation,
  kind: short(review?.kind?.kind),
  namespace: short(review?.namespace),
  name: short(review?.name),
});

// What is longer is no name of Kubernetes', and a line of megabytes would be one that somebody else pays for.
const short = (name: string | undefined): string | undefined => name?.slice(0, 253);

const decisionWord = (outcome: Decided["outcome"]): Decision["decision"] => {
  if (outcome.kind !== "allowed") return outcome.kind;
  if (outcome.audited !== undefined) return "audited";
  return outcome.warnings.length > 0 ? "warned" : "allowed";
};
