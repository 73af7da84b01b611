import assert from "node:assert/strict";
import { test } from "node:test";
import { KubeError } from "../../../src/kube/failure.ts";
import type { Failure } from "../../../src/kube/failure.ts";
import type { Timers } from "../../../src/kube/timers.ts";
import { watch } from "../../../src/kube/watch.ts";
import type { Source, SourceEvent, WatchEvent, WatchProblem } from "../../../src/kube/watch.ts";

type Step = readonly SourceEvent<string>[] | Failure;

const set = (key: string, value: string, version: string): SourceEvent<string> => ({
  version,
  event: { kind: "applied", key, value },
});

/** Runs a watch over scripted lists and streams until the script is over; time moves only by sleeping. */
const run = async (script: { readonly lists: readonly (string | Failure)[]; readonly streams: readonly Step[] }) => {
  const end = new AbortController();
  const lists = [...script.lists];
  const streams = [...script.streams];
  const calls: string[] = [];
  const problems: WatchProblem[] = [];
  const events: WatchEvent<string>[] = [];
  const slept: number[] = [];
  let now = 0;
  const next = <T>(steps: T[]): T => {
    const step = steps.shift();
    if (step !== undefined) return step;
    end.abort(new Error("the script is over"));
    throw end.signal.reason;
  };
  const fail = (failure: Failure): never => {
    throw new KubeError(failure, "GET /x");
  };
  const source: Source<string> = {
    list: async () => {
      const step = next(lists);
      calls.push("list");
      return typeof step === "string" ? { objects: new Map(), version: step } : fail(step);
    },
    watch: async function* (version) {
      const step = next(streams);
      calls.push(`watch ${version}`);
      if ("kind" in step) fail(step);
      else yield* step;
    },
  };
  const timers: Timers = {
    now: () => now,
    monotonic: () => now,
    random: () => 1,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
  };
  for await (const event of watch(source, end.signal, timers, (problem) => problems.push(problem))) events.push(event);
  return { calls, problems: problems.map(({ cause }) => cause), events, slept };
};

const network: Failure = { kind: "network", message: "reset" };
const gone: Failure = { kind: "gone", status: 410, message: "too old" };

test("a watch that ends well goes on from the last version it saw, at once", async () => {
  const { calls, problems, slept } = await run({ lists: ["1"], streams: [[set("a", "x", "5")], [set("a", "y", "9")]] });
  assert.deepEqual(calls, ["list", "watch 1", "watch 5"]);
  assert.deepEqual([problems, slept], [[], []]);
});

test("a bookmark moves the version on and changes nothing else", async () => {
  const bookmark: SourceEvent<string> = { version: "7", event: { kind: "heard" } };
  const { calls, events } = await run({ lists: ["1"], streams: [[bookmark], [set("a", "x", "8")]] });
  assert.deepEqual(calls, ["list", "watch 1", "watch 7"]);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["restarted", "heard", "applied"],
  );
});

test("after a fault it waits and goes on from where it was", async () => {
  const { calls, problems, slept } = await run({
    lists: ["1"],
    streams: [[set("a", "x", "5")], network, [set("a", "y", "6")]],
  });
  assert.deepEqual(calls, ["list", "watch 1", "watch 5", "watch 5"]);
  assert.deepEqual([problems, slept], [["network"], [200]]);
});

test("a version that is gone is listed anew", async () => {
  const { calls, problems } = await run({ lists: ["1", "8"], streams: [gone, [set("a", "x", "9")]] });
  assert.deepEqual(calls, ["list", "watch 1", "list", "watch 8"]);
  assert.deepEqual(problems, ["gone"]);
});

test("a list that fails is tried again, each time later", async () => {
  const { calls, slept } = await run({ lists: [network, network, gone, "1"], streams: [] });
  assert.deepEqual(calls, ["list", "list", "list", "list"]);
  assert.deepEqual(slept, [200, 400, 800]);
});

test("a server that closes watches at once is not asked in a tight circle", async () => {
  const { problems, slept } = await run({ lists: ["1"], streams: [[], [], []] });
  assert.deepEqual(
    [problems, slept],
    [
      ["closed", "closed", "closed"],
      [200, 400, 800],
    ],
  );
});

test("a server that says when to come back is heeded", async () => {
  const busy: Failure = { kind: "tooManyRequests", status: 429, message: "busy", retryAfterMs: 5_000 };
  assert.deepEqual((await run({ lists: [busy, "1"], streams: [] })).slept, [5_000]);
});

test("an event after faults makes the next wait short again", async () => {
  const { slept } = await run({ lists: ["1"], streams: [network, network, [set("a", "x", "2")], network] });
  assert.deepEqual(slept, [200, 400, 200]);
});
