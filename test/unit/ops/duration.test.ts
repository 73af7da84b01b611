import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration } from "../../../src/ops/duration.ts";

for (const [text, ms] of [
  ["8760h", 31_536_000_000],
  ["1h30m", 5_400_000],
  ["90s", 90_000],
  ["0s", 0],
] as const)
  test(`${text} is ${ms} ms`, () => assert.equal(parseDuration(text), ms));

for (const text of ["", "h", "1", "1.5h", "-1h", "1d", "1h ", "1h30", "1e3s"])
  test(`"${text}" is no duration`, () => assert.equal(parseDuration(text), undefined));
