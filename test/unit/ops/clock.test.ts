import assert from "node:assert/strict";
import { test } from "node:test";
import { clock } from "../../../src/ops/clock.ts";

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
