import assert from "node:assert/strict";
import { test } from "node:test";
import { eventBudget, makeEventBudget } from "../../../src/controllers/event-budget.ts";

const started = () => {
  let now = 0;
  const take = makeEventBudget(() => now);
  const taken = (key: string, times: number): number =>
    Array.from({ length: times }, () => take(key)).filter(Boolean).length;
  return {
    taken,
    pass: (ms: number): void => {
      now += ms;
    },
  };
};

test("of a thing that is fought over only the first events are written", () => {
  const { taken } = started();
  assert.equal(taken("a", 1_000), eventBudget.burst);
});

test("another thing has a budget of its own", () => {
  const { taken } = started();
  taken("a", 1_000);
  assert.equal(taken("b", 1), 1);
});

test("one more is written each time the refill has passed, and never more than the burst", () => {
  const { taken, pass } = started();
  taken("a", 1_000);
  pass(eventBudget.refillMs - 1);
  assert.equal(taken("a", 10), 0);
  pass(1);
  assert.equal(taken("a", 10), 1);
  pass(eventBudget.refillMs * 1_000);
  assert.equal(taken("a", 1_000), eventBudget.burst);
});

test("steady trying does not put off the refill", () => {
  const { taken, pass } = started();
  taken("a", eventBudget.burst);
  let written = 0;
  for (let at = 0; at < 20; at++) {
    pass(eventBudget.refillMs / 10);
    written += taken("a", 1);
  }
  assert.equal(written, 2);
});

test("what is remembered has a bound: the thing told of longest ago starts afresh", () => {
  const { taken } = started();
  taken("a", 1_000);
  for (let at = 0; at < 4_096; at++) taken(`other-${at}`, 1);
  assert.equal(taken("a", 1), 1);
});
