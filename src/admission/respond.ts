import { messageLimit } from "./limits.ts";
import type { Outcome } from "./decided.ts";
import { encodePatch } from "./patch.ts";

/** An answer as admission.k8s.io/v1 has it. */
export type AdmissionResponse = {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: {
    readonly status: "Failure";
    readonly code: number;
    readonly reason: string;
    readonly message: string;
  };
  readonly warnings?: readonly string[];
  readonly patchType?: "JSONPatch";
  /** JSON in base64. */
  readonly patch?: string;
};

/** The body of every answer to a review that has a uid. */
export type AdmissionAnswer = {
  readonly apiVersion: "admission.k8s.io/v1";
  readonly kind: "AdmissionReview";
  readonly response: AdmissionResponse;
};

/** Encodes an outcome as the answer to the review `uid`. */
export const respond = (uid: string, outcome: Outcome): AdmissionAnswer => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, ...encode(outcome) },
});

const encode = (outcome: Outcome): Omit<AdmissionResponse, "uid"> => {
  switch (outcome.kind) {
    case "allowed":
      return outcome.warnings.length === 0
        ? { allowed: true }
        : { allowed: true, warnings: wholeWarnings(outcome.warnings) };
    case "patched":
      return outcome.patch.length === 0
        ? { allowed: true }
        : { allowed: true, patchType: "JSONPatch", patch: encodePatch(outcome.patch) };
    case "denied":
      return {
        allowed: false,
        status: {
          status: "Failure",
          code: outcome.code,
          reason: statusReasons[outcome.code],
          message: sentence(outcome.message),
        },
      };
    default:
      return outcome satisfies never;
  }
};

/** Kubernetes' words (metav1.StatusReason) for the codes we answer with. */
const statusReasons = { 400: "BadRequest", 403: "Forbidden", 500: "InternalError" } as const;

/**
 * A message that fits: what a user wrote may be megabytes long. Control characters become spaces, because a warning
 * travels in an HTTP header and a message is read in a terminal.
 */
export const sentence = (message: string): string => {
  const short = message.length > messageLimit ? `${message.slice(0, messageLimit - 3)}...` : message;
  return short.replace(/\p{Cc}+/gu, " ").toWellFormed();
};

/** As many warnings as fit, each of them whole: the API server drops all that come after its limit. */
const wholeWarnings = (warnings: readonly string[]): readonly string[] => {
  let left = messageLimit;
  return warnings.map(sentence).filter((warning) => {
    left -= warning.length;
    return left >= 0;
  });
};
