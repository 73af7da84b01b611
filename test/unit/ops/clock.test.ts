import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, neverBack } from "../../../src/ops/clock.ts";

test("a sleep ends at once when its signal aborts, before or meanwhile", async () => {
  await clock.sleep(3_600_000, AbortSignal.abort());
  const end = new AbortController();
  const asleep = clock.sleep(3_600_000, end.signal);
  end.abort();
  await asleep;
});

test("a monotonic clock does not go back", () => {
  const first = clock.monotonic();
  assert.ok(clock.monotonic() >= first);
});

test("P7 a clock that is set back stands still until it has caught up: what has expired stays so", () => {
  const times = [5, 9, 3, 8, 10];
  const now = neverBack(() => times.shift() ?? 0);
  assert.deepEqual([now(), now(), now(), now(), now()], [5, 9, 9, 9, 10]);
});
