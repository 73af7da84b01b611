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

test("that another leads is told when its name is seen, and again when it is seen at work", async () => {
  const end = new AbortController();
  const seen = [false, false, true, true];
  const said: Leadership[] = [];
  await lead(
    {
      lease: {
        hold: async () => {
          const renewed = seen.shift() === true;
          if (seen.length === 0) end.abort();
          return { kind: "theirs", holder: "a", renewed };
        },
        release: async () => {},
      },
      timers: { now: () => 0, monotonic: () => 0, random: () => 0, sleep: async () => {} },
      observe: (leadership) => void said.push(leadership),
      onLead: async () => {},
    },
    end.signal,
  );
  const standby = { at: "standby", holder: "a" };
  assert.deepEqual(said, [
    { ...standby, renewed: false },
    { ...standby, renewed: true },
  ]);
});
