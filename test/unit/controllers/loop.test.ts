import assert from "node:assert/strict";
import { test } from "node:test";
import { KubeError } from "../../../src/kube/failure.ts";
import { againAt, makeLoop, settled, type Outcome, type Reconcile } from "../../../src/controllers/loop.ts";

/** A loop whose time passes when told: sleeps are collected, and end when the test ends them. */
const start = (reconcile: Reconcile, workers = 1) => {
  const sleeps: { readonly ms: number; readonly wake: () => void }[] = [];
  const outcomes: string[] = [];
  const stop = new AbortController();
  const loop = makeLoop({
    name: "test",
    reconcile,
    workers,
    jitter: () => 1,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        sleeps.push({ ms, wake: resolve });
        signal.addEventListener("abort", () => resolve(), { once: true });
      }),
    observe: ({ key, outcome }) => void outcomes.push(`${key} ${outcome}`),
  });
  return { loop, sleeps, outcomes, stop, ended: loop.run(stop.signal) };
};

/** Lets everything run that can run without time passing. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a key that is asked for while it is worked on comes back once", async () => {
  const doors: (() => void)[] = [];
  let running = 0;
  const { loop, stop, ended } = start(async () => {
    running += 1;
    assert.equal(running, 1, "one key is never worked on twice at the same time");
    await new Promise<void>((open) => doors.push(open));
    running -= 1;
    return settled;
  }, 4);
  loop.ask("a");
  await turn();
  loop.ask("a");
  loop.ask("a");
  doors[0]?.();
  await turn();
  doors[1]?.();
  await turn();
  assert.equal(doors.length, 2);
  stop.abort();
  await ended;
});

test("a throw is tried again, later each time, and a success forgets it", async () => {
  let calls = 0;
  const { loop, sleeps, outcomes, stop, ended } = start(async () => {
    calls += 1;
    if (calls <= 3) throw new Error("not yet");
    return settled;
  });
  loop.ask("a");
  for (let at = 0; at < 3; at++) {
    await turn();
    sleeps[at]?.wake();
  }
  await turn();
  assert.deepEqual(outcomes, ["a failed", "a failed", "a failed", "a settled"]);
  assert.deepEqual(
    sleeps.map(({ ms }) => ms),
    [200, 400, 800],
  );
  stop.abort();
  await ended;
});

test("again looks again after the time it says, hopeless does not", async () => {
  const answers: Outcome[] = [
    { kind: "again", afterMs: 70 },
    { kind: "hopeless", why: "a test" },
  ];
  const { loop, sleeps, outcomes, stop, ended } = start(async () => answers.shift() ?? settled);
  loop.ask("a");
  await turn();
  assert.deepEqual(
    sleeps.map(({ ms }) => ms),
    [70],
  );
  sleeps[0]?.wake();
  await turn();
  assert.deepEqual(outcomes, ["a again", "a hopeless"]);
  stop.abort();
  await ended;
});

test("one key that always fails does not hold up another", async () => {
  const { loop, outcomes, stop, ended } = start(async (key) => {
    if (key === "bad") throw new Error("always");
    return settled;
  });
  loop.ask("bad");
  loop.ask("good");
  await turn();
  assert.deepEqual(outcomes, ["bad failed", "good settled"]);
  stop.abort();
  await ended;
});

test("what fails because it was stopped is no failure", async () => {
  const { loop, outcomes, stop, ended } = start(
    (_key, signal) => new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  loop.ask("a");
  await turn();
  stop.abort();
  await ended;
  assert.deepEqual(outcomes, []);
});

test("a retry does not wait for a look that is due much later", async () => {
  const hour = 3_600_000;
  let calls = 0;
  const { loop, sleeps, outcomes, stop, ended } = start(async () => {
    calls += 1;
    if (calls === 2) throw new Error("not now");
    return { kind: "again", afterMs: hour };
  });
  loop.ask("a");
  await turn();
  loop.ask("a");
  await turn();
  assert.deepEqual(
    sleeps.map(({ ms }) => ms),
    [hour, 200],
  );
  sleeps[1]?.wake();
  await turn();
  assert.deepEqual(outcomes, ["a again", "a failed", "a again"]);
  assert.equal(sleeps.length, 3);
  stop.abort();
  await ended;
});

test("a look is due when the last reconcile said, whatever one before it said, and only once", async () => {
  const waits = [3_600_000, 1_000, 5_000];
  const { loop, sleeps, outcomes, stop, ended } = start(async () => ({ kind: "again", afterMs: waits.shift() ?? 1 }));
  loop.ask("a");
  await turn();
  loop.ask("a");
  await turn();
  assert.deepEqual(
    sleeps.map(({ ms }) => ms),
    [3_600_000, 1_000],
  );
  sleeps[0]?.wake();
  await turn();
  assert.equal(outcomes.length, 2, "the first look was forgotten");
  sleeps[1]?.wake();
  await turn();
  assert.equal(outcomes.length, 3);
  stop.abort();
  await ended;
});

test("a key whose request was answered with Retry-After is not tried sooner, whoever asks for it", async () => {
  let calls = 0;
  const { loop, sleeps, outcomes, stop, ended } = start(async () => {
    calls += 1;
    if (calls === 1) throw new Error("a retry is due in 200 ms from now on");
    if (calls === 2) {
      loop.ask("a");
      throw new KubeError(
        { kind: "tooManyRequests", status: 429, message: "busy", causes: [], retryAfterMs: 8_000 },
        "PATCH /x",
      );
    }
    return settled;
  });
  loop.ask("a");
  await turn();
  loop.ask("a");
  await turn();
  assert.deepEqual(
    sleeps.map(({ ms }) => ms),
    [200, 10_000],
  );
  sleeps[0]?.wake();
  loop.ask("a");
  loop.ask("b");
  await turn();
  assert.deepEqual(outcomes, ["a failed", "a failed", "b settled"], "others go on meanwhile");
  sleeps[1]?.wake();
  await turn();
  assert.deepEqual(outcomes.slice(3), ["a settled"]);
  stop.abort();
  await ended;
});

const looks: Readonly<Record<string, readonly [time: number | undefined, outcome: Outcome]>> = {
  "never, where no time is known": [undefined, settled],
  "when it is due": [61_000, { kind: "again", afterMs: 60_000 }],
  "at once, when it is over": [500, { kind: "again", afterMs: 1 }],
  "every ten minutes, when it is far away: a clock may be set, and no timer waits a month": [
    1_000_000_000_000,
    { kind: "again", afterMs: 600_000 },
  ],
};
for (const [when, [time, outcome]] of Object.entries(looks))
  test(`a look at a time comes ${when}`, () => assert.deepEqual(againAt(time, 1_000), outcome));
