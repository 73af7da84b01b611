import assert from "node:assert/strict";
import { test } from "node:test";
import type { Placement } from "../../../src/placement/place.ts";

/** What a decision comes to, as `kind reason`, and what a refusal says. */
export type Gives = { readonly gives: string; readonly says?: RegExp };

/** A test for each case of a table keyed by a sentence. */
export const testPlacements = <Case extends Gives>(
  cases: Readonly<Record<string, Case>>,
  decide: (subject: Case) => Placement,
): void => {
  for (const [sentence, subject] of Object.entries(cases))
    test(sentence, () => {
      const placement = decide(subject);
      assert.equal(`${placement.kind} ${placement.reason}`, subject.gives);
      if (subject.says) assert.match(placement.kind === "refused" ? placement.message : "", subject.says);
    });
};
