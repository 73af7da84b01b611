import assert from "node:assert/strict";
import { test } from "node:test";
import { makeStale } from "../../../src/process/readiness.ts";

test("readiness counts a store as stale by the ages it has at each look, and never while nothing is heard", () => {
  const minute = 60_000;
  let now = 0;
  let podsHeardAt = 0;
  const stores = { pods: { ageMs: () => now - podsHeardAt }, zones: { ageMs: () => now } };
  const stale = makeStale(stores, () => now);
  const pass = (minutes: number, heard: boolean): readonly string[] => {
    let last = stale();
    for (const end = now + minutes * minute; now < end; last = stale()) {
      now += minute;
      if (heard) podsHeardAt = now;
    }
    return last;
  };
  assert.deepEqual(pass(6, true), []);
  assert.deepEqual(pass(1, true), ["zones"]);
  assert.deepEqual(pass(10, false), []);
  assert.deepEqual(pass(7, true), [], "six minutes count from when anything is heard again");
  assert.deepEqual(pass(1, true), ["zones"]);
});
