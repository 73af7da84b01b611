import assert from "node:assert/strict";
import { test } from "node:test";
import { lead } from "../../../src/kube/leader.ts";
import type { Leadership } from "../../../src/kube/leader.ts";

test("a leader that stood still is fenced before it hears that its term is over (O3)", async () => {
  let now = 0;
  const end = new AbortController();
  const said: Leadership["at"][] = [];
  const timers = {
    now: () => now,
    monotonic: () => now,
    random: () => 0,
    // Nothing wakes up by itself: what stood still hears of the time only when it asks.
    sleep: (_ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      }),
  };
  await lead(
    {
      lease: { hold: async () => ({ kind: "ours" }), release: async () => {} },
      timers,
      observe: ({ at }) => void said.push(at),
      onLead: async (signal, fence) => {
        now = 9_999;
        fence();
        assert.equal(signal.aborted, false);
        now = 10_000;
        assert.throws(fence, ({ at }: Leadership) => at === "lost");
        assert.equal(signal.aborted, true);
        end.abort();
      },
    },
    end.signal,
  );
  assert.deepEqual(said, ["leading", "lost"]);
});
