import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { implies } from "../../../src/labels/implies.ts";
import { matches } from "../../../src/labels/selector.ts";
import type { LabelSelector } from "../../../src/labels/selector.ts";

const keys = ["a", "b", "toString"];
const named = ["1", "2", ""];

/** Every label set over the keys; "other" stands for all the values that no selector of these tests names. */
const universe = keys.reduce<readonly Readonly<Record<string, string>>[]>(
  (sets, key) => sets.flatMap((set) => [set, ...[...named, "other"].map((value) => ({ ...set, [key]: value }))]),
  [{}],
);

const requirement = fc.oneof(
  fc.record(
    {
      key: fc.constantFrom(...keys),
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.uniqueArray(fc.constantFrom(...named), { minLength: 1 }),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    { key: fc.constantFrom(...keys), operator: fc.constantFrom("Exists", "DoesNotExist") },
    { noNullPrototype: true },
  ),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record({
  matchLabels: fc.dictionary(fc.constantFrom(...keys), fc.constantFrom(...named), { maxKeys: 2 }),
  matchExpressions: fc.array(requirement, { maxLength: 3 }),
});

/** `b` alone, or `a` with fewer or more requirements, so that about half of the pairs imply each other. */
const pair = fc.oneof(
  fc.tuple(selector, selector),
  fc.tuple(selector, selector).map(([a, b]): [LabelSelector, LabelSelector] => [
    { ...a, matchExpressions: [...(a.matchExpressions ?? []), ...(b.matchExpressions ?? [])] },
    { ...b, matchLabels: {} },
  ]),
);

test("E1 one selector implies another exactly when every label set that matches it matches the other", () => {
  let implied = 0;
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const counted = universe.every((labels) => !matches(a, labels) || matches(b, labels));
      assert.equal(implies(a, b), counted);
      implied += counted ? 1 : 0;
    }),
    { numRuns: 2000 },
  );
  assert.ok(implied > 200 && implied < 1800, `both answers were met often: ${implied} of 2000`);
});

test("every selector implies itself and the empty selector", () => {
  fc.assert(
    fc.property(selector, (a) => {
      assert.ok(implies(a, a));
      assert.ok(implies(a, {}));
    }),
  );
});

test("a selector that contradicts itself implies everything", () => {
  const never: LabelSelector = { matchLabels: { a: "1" }, matchExpressions: [{ key: "a", operator: "DoesNotExist" }] };
  assert.ok(implies(never, { matchLabels: { b: "2" } }));
});

test("no list of values is as wide as Exists, for nobody can list them all", () => {
  const exists: LabelSelector = { matchExpressions: [{ key: "a", operator: "Exists" }] };
  const listed: LabelSelector = { matchExpressions: [{ key: "a", operator: "In", values: ["1", "2", "3"] }] };
  assert.ok(implies(listed, exists));
  assert.ok(!implies(exists, listed));
});

test("a selector that Kubernetes would refuse implies nothing and is implied by nothing", () => {
  const refused: LabelSelector = { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] };
  assert.ok(!implies(refused, {}));
  assert.ok(!implies({}, refused));
});
