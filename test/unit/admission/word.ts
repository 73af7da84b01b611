import type { Outcome } from "../../../src/admission/decided.ts";

/** What became of a review, in a word: denied, patched, audited, warned or allowed. */
export const wordOf = (outcome: Outcome): string => {
  if (outcome.kind !== "allowed") return outcome.kind;
  if (outcome.audited !== undefined) return "audited";
  return outcome.warnings.length > 0 ? "warned" : "allowed";
};
