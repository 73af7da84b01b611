import assert from "node:assert/strict";
import { test } from "node:test";
import { matches, parseSelector } from "../../../src/labels/selector.ts";
import type { LabelSelector } from "../../../src/labels/selector.ts";

const expression = (operator: string, key: string, values?: readonly string[]): LabelSelector => ({
  matchExpressions: [values === undefined ? { key, operator } : { key, operator, values }],
});

type Labels = Readonly<Record<string, string>>;
const table: readonly (readonly [says: string, selector: LabelSelector, labels: Labels, matches: boolean])[] = [
  ["an empty selector matches labels", {}, { a: "1" }, true],
  ["an empty selector matches no labels", {}, {}, true],
  ["empty parts match everything", { matchLabels: {}, matchExpressions: [] }, { a: "1" }, true],
  ["a label that is there", { matchLabels: { a: "1" } }, { a: "1", b: "2" }, true],
  ["a label with another value", { matchLabels: { a: "1" } }, { a: "2" }, false],
  ["a label that is not there", { matchLabels: { a: "1" } }, {}, false],
  ["an empty value is a value", { matchLabels: { a: "" } }, {}, false],
  ["every label must match", { matchLabels: { a: "1", b: "2" } }, { a: "1" }, false],
  ["In, one of them", expression("In", "a", ["1", "2"]), { a: "2" }, true],
  ["In, none of them", expression("In", "a", ["1", "2"]), { a: "3" }, false],
  ["In, absent", expression("In", "a", ["1", "2"]), {}, false],
  ["NotIn, one of them", expression("NotIn", "a", ["1"]), { a: "1" }, false],
  ["NotIn, another", expression("NotIn", "a", ["1"]), { a: "2" }, true],
  ["NotIn matches a key that is absent", expression("NotIn", "a", ["1"]), {}, true],
  ["Exists, there", expression("Exists", "a"), { a: "" }, true],
  ["Exists, absent", expression("Exists", "a", []), {}, false],
  ["DoesNotExist, absent", expression("DoesNotExist", "a"), {}, true],
  ["DoesNotExist, there", expression("DoesNotExist", "a"), { a: "" }, false],
  ["labels and expressions together", { matchLabels: { a: "1" }, ...expression("Exists", "b") }, { a: "1" }, false],
  ["a key that every object inherits", expression("Exists", "constructor"), {}, false],
  ["a key that every object inherits, absent", expression("DoesNotExist", "toString"), {}, true],
  ["an operator nobody knows matches nothing", expression("Gt", "a", ["1"]), { a: "2" }, false],
  ["an operator in lower case matches nothing", expression("exists", "a"), { a: "2" }, false],
  ["In without values matches nothing", expression("In", "a"), { a: "1" }, false],
  ["NotIn without values matches nothing", expression("NotIn", "a", []), {}, false],
];

for (const [says, selector, labels, wanted] of table)
  test(`a selector ${wanted ? "matches" : "does not match"}: ${says}`, () => {
    assert.equal(matches(selector, labels), wanted);
  });

test("every problem of a selector is collected with its path", () => {
  const parsed = parseSelector({
    matchLabels: { "a b": "1", ok: "no/slash" },
    matchExpressions: [
      { key: "", operator: "Exists" },
      { key: "a", operator: "Near" },
      { key: "a", operator: "In", values: [] },
      { key: "a", operator: "Exists", values: ["x"] },
      { key: "a", operator: "NotIn", values: ["x", "y z"] },
    ],
  });
  assert.ok(!parsed.ok);
  const rule = "letters, digits, -, _ and ., with a letter or digit at both ends";
  assert.deepEqual(parsed.problems, [
    { path: "matchLabels", problem: `key must have a name of ${rule}` },
    { path: "matchLabels[ok]", problem: `must be empty, or ${rule}` },
    { path: "matchExpressions[0].key", problem: "must have a name" },
    { path: "matchExpressions[1].operator", problem: "must be In, NotIn, Exists or DoesNotExist" },
    { path: "matchExpressions[2].values", problem: "must name at least one value with In" },
    { path: "matchExpressions[3].values", problem: "must be empty with Exists" },
    { path: "matchExpressions[4].values[1]", problem: `must be empty, or ${rule}` },
  ]);
});
