import assert from "node:assert/strict";
import { test } from "node:test";
import { KubeError } from "../../../src/kube/failure.ts";
import type { Failure } from "../../../src/kube/failure.ts";
import type { Timers } from "../../../src/kube/timers.ts";
import type { Page, Source, SourceEvent, WatchEvent } from "../../../src/kube/watch-source.ts";
import { watch } from "../../../src/kube/watch.ts";
import type { WatchProblem } from "../../../src/kube/watch.ts";

/** A whole list at a version, or one page of it. */
type Listed = string | Page<string> | Failure;
/** What a stream says, until it is closed or fails. */
type Step = readonly (SourceEvent<string> | Failure | { readonly passes: number })[] | Failure;

const isFailure = (step: object): step is Failure => "kind" in step;
const page = (version: string, keys: string, next?: string): Page<string> => ({
  version,
  objects: [...keys].map((key) => [key, version]),
  ...(next === undefined ? {} : { next }),
});

const set = (key: string, value: string, version: string): SourceEvent<string> => ({
  version,
  event: { kind: "applied", key, value },
});

/** Runs a watch over scripted lists and streams until the script is over; time moves only by sleeping. */
const run = async (script: { readonly lists: readonly Listed[]; readonly streams: readonly Step[] }) => {
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
    limit: 8,
    page: async (limit, after) => {
      const step = next(lists);
      calls.push(["list", ...(after === undefined ? [] : [after]), ...(limit === 8 ? [] : [`by ${limit}`])].join(" "));
      if (typeof step === "string") return { objects: [], version: step };
      return isFailure(step) ? fail(step) : step;
    },
    watch: async (version) => {
      const step = next(streams);
      calls.push(`watch ${version}`);
      return isFailure(step) ? fail(step) : says(step);
    },
  };
  async function* says(step: Exclude<Step, Failure>): AsyncGenerator<SourceEvent<string>> {
    for (const one of step) {
      if ("passes" in one) now += one.passes;
      else if (isFailure(one)) fail(one);
      else yield one;
    }
  }
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
    ["restarted", "heard", "heard", "heard", "applied"],
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
  const busy: Failure = { kind: "tooManyRequests", status: 429, message: "busy", causes: [], retryAfterMs: 5_000 };
  assert.deepEqual((await run({ lists: [busy, "1"], streams: [] })).slept, [6_250]);
});

test("an event after faults makes the next wait short again", async () => {
  const { slept } = await run({ lists: ["1"], streams: [network, network, [set("a", "x", "2")], network] });
  assert.deepEqual(slept, [200, 400, 200]);
});

const silent: Failure = { kind: "silent", message: "not a word" };
const tooLarge: Failure = { kind: "tooLarge", message: "longer than 16 MiB" };
const refusals: Readonly<Record<string, Failure>> = {
  "a cut connection": network,
  "a 429": { kind: "tooManyRequests", status: 429, message: "busy", causes: [], retryAfterMs: 1_000 },
  "a 503": { kind: "unavailable", status: 503, message: "shutting down" },
  "a token that has just been rotated": { kind: "unauthorized", status: 401, message: "who?" },
};

for (const [name, failure] of Object.entries(refusals)) {
  test(`${name} at page 2 asks for page 2 again, and tells nothing before all pages are there`, async () => {
    const { calls, events } = await run({
      lists: [page("5", "ab", "then"), failure, page("5", "cd", "last"), page("5", "e")],
      streams: [],
    });
    assert.deepEqual(calls, ["list", "list then", "list then", "list last"]);
    const objects = new Map([..."abcde"].map((key) => [key, "5"]));
    assert.deepEqual(events, [{ kind: "restarted", objects }]);
  });
}

test("a page whose snapshot is gone throws away what was read, and lists from the start", async () => {
  const { calls, events } = await run({ lists: [page("5", "ab", "then"), gone, page("9", "b")], streams: [] });
  assert.deepEqual(calls, ["list", "list then", "list"]);
  assert.deepEqual(events, [{ kind: "restarted", objects: new Map([["b", "9"]]) }]);
});

test("a page that is too large is asked for again at once, by half as many, down to one", async () => {
  const { calls, slept } = await run({
    lists: [page("5", "ab", "then"), tooLarge, tooLarge, tooLarge, tooLarge, page("5", "c")],
    streams: [],
  });
  assert.deepEqual(calls, [
    "list",
    "list then",
    "list then by 4",
    "list then by 2",
    "list then by 1",
    "list then by 1",
  ]);
  assert.deepEqual(slept, [0, 0, 0, 200]);
});

test("silence is no fault: the stream is made anew at once, from where it was", async () => {
  const { calls, problems, slept } = await run({ lists: ["1"], streams: [[silent], [silent], [silent]] });
  assert.deepEqual([calls, problems, slept], [["list", "watch 1", "watch 1", "watch 1"], [], []]);
});

test("silence after the line was lost is listed anew, once: etcd may have been restored to before our version", async () => {
  const { calls } = await run({ lists: ["9", "2"], streams: [network, [silent], [silent], [silent]] });
  assert.deepEqual(calls, ["list", "watch 9", "watch 9", "list", "watch 2", "watch 2"]);
});

test("who was heard after the line was lost is not listed anew", async () => {
  const { calls } = await run({ lists: ["1"], streams: [network, [set("a", "x", "5"), silent], [silent]] });
  assert.deepEqual(calls, ["list", "watch 1", "watch 1", "watch 5"]);
});

test("a fault in the middle of a stream goes on after the last event that was whole", async () => {
  const { calls, problems } = await run({ lists: ["1"], streams: [[set("a", "x", "5"), network], []] });
  assert.deepEqual([calls, problems.slice(0, 1)], [["list", "watch 1", "watch 5"], ["network"]]);
});

test("a stream that stood for long without an event makes the next wait short again", async () => {
  const stood = [{ passes: 60_000 }, network] as const;
  const { slept } = await run({
    lists: ["1"],
    streams: [network, network, stood, network, [{ passes: 60_000 }], network],
  });
  assert.deepEqual(slept, [200, 400, 200, 400, 200]);
});

test("a list that works while every watch is gone is not a tight circle", async () => {
  const { slept } = await run({ lists: ["1", "2", "3", "4"], streams: [gone, gone, gone] });
  assert.deepEqual(slept, [200, 400, 800]);
});
