import assert from "node:assert/strict";
import { test } from "node:test";
import { labelKeyProblem, labelValueProblem } from "../../../src/labels/label.ts";

const nameRule = "letters, digits, -, _ and ., with a letter or digit at both ends";

const values: readonly (readonly [text: string, problem: string | undefined])[] = [
  ["", undefined],
  ["a", undefined],
  ["US-ASHBURN-AD-1", undefined],
  ["a_b.c-D9", undefined],
  ["a".repeat(63), undefined],
  ["a".repeat(64), "must have at most 63 characters"],
  ["a".repeat(1_000_000), "must have at most 63 characters"],
  ["-a", `must be empty, or ${nameRule}`],
  ["a.", `must be empty, or ${nameRule}`],
  ["a b", `must be empty, or ${nameRule}`],
  ["a/b", `must be empty, or ${nameRule}`],
  ["a\n", `must be empty, or ${nameRule}`],
  ["é", `must be empty, or ${nameRule}`],
];

for (const [text, problem] of values)
  test(`a label's value ${JSON.stringify(text.slice(0, 30))} ${problem?.slice(0, 40) ?? "is accepted"}`, () => {
    assert.equal(labelValueProblem(text), problem);
  });

const keys: readonly (readonly [text: string, problem: string | undefined])[] = [
  ["app", undefined],
  ["constructor", undefined],
  ["domicile.dev/zone", undefined],
  ["domicile.dev.node-restriction.kubernetes.io/us", undefined],
  ["a-b.c/D_e.f", undefined],
  [`${"a".repeat(63)}.${"b".repeat(63)}/${"c".repeat(63)}`, undefined],
  [`${"a".repeat(253)}/b`, undefined],
  [`${"a".repeat(254)}/b`, "must have at most 253 characters before the slash"],
  [`a/${"b".repeat(64)}`, "must have a name of at most 63 characters"],
  ["", "must have a name"],
  ["a/", "must have a name"],
  ["/a", "must have a prefix before the slash"],
  ["a/b/c", "must have at most one slash"],
  ["A.b/c", "must have a lower-case DNS name before the slash"],
  ["a..b/c", "must have a lower-case DNS name before the slash"],
  ["-a/b", "must have a lower-case DNS name before the slash"],
  ["a_b/c", "must have a lower-case DNS name before the slash"],
  ["__proto__", `must have a name of ${nameRule}`],
  ["a b", `must have a name of ${nameRule}`],
  ["a\n", `must have a name of ${nameRule}`],
];

for (const [text, problem] of keys)
  test(`a label's key ${JSON.stringify(text.slice(0, 40))} ${problem ?? "is accepted"} (${text.length})`, () => {
    assert.equal(labelKeyProblem(text), problem);
  });
