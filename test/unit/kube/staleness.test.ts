import assert from "node:assert/strict";
import { test } from "node:test";
import { listen, stale } from "../../../src/kube/staleness.ts";
import type { Hearing } from "../../../src/kube/staleness.ts";

/** When each store is heard, in seconds; a replica is looked at every ten seconds for as long as told. */
const watched = (stores: Readonly<Record<string, (second: number) => boolean>>, seconds: number, look = 10) => {
  const heardAt = new Map<string, number>();
  const unready: number[] = [];
  let hearing: Hearing | undefined;
  let last: readonly string[] = [];
  for (let second = 0; second <= seconds; second++) {
    for (const [name, isHeard] of Object.entries(stores)) if (isHeard(second)) heardAt.set(name, second);
    if (second % look !== 0) continue;
    const ages = Object.fromEntries(
      Object.keys(stores).map((name) => {
        const at = heardAt.get(name);
        return [name, at === undefined ? undefined : (second - at) * 1000];
      }),
    );
    hearing = listen(hearing, ages, second * 1000);
    last = stale(hearing, ages, second * 1000);
    if (last.length > 0) unready.push(second);
  }
  return { last, unready };
};

const every =
  (period: number, from = 0, to = Infinity) =>
  (second: number) =>
    second >= from && second < to && second % period === 0;
const hour = 3_600;

test("a replica whose watches are all heard has no stale store, however quiet a kind is", () => {
  assert.deepEqual(watched({ pods: every(1), zones: every(60), quiet: every(185) }, hour).unready, []);
});

test("a store that alone is not heard any more is stale after six minutes, and well again when it is heard", () => {
  const { unready } = watched({ pods: every(1), zones: (second) => second < 60 || second > 900 }, hour);
  assert.deepEqual([unready[0], unready.at(-1)], [420, 900]);
});

for (const spread of [0, 75, 150])
  test(`an API server that goes away for an hour makes no store stale, of which one had been silent for ${spread} s`, () => {
    const away = (before: number, after: number) => (second: number) =>
      second <= 600 - before || second >= 600 + hour + after;
    const stores = { pods: away(0, 0), nodes: away(spread, 5), zones: away(spread, 215) };
    assert.deepEqual(watched(stores, 3 * hour).unready, []);
  });

test("a store that does not come back with the others is stale six minutes after they did", () => {
  const back = 600 + hour;
  const pods = (second: number) => second <= 600 || second >= back;
  const { unready } = watched({ pods, zones: (second) => second <= 600 }, 3 * hour);
  assert.equal(unready[0], back + 370);
});

test("a replica that nobody looked at for long starts anew", () => {
  const lonely = { pods: every(1), zones: (second: number) => second < 60 };
  assert.deepEqual(watched(lonely, hour, 200).unready, []);
});

test("a store that was never read is not called stale: it is said to be unread", () => {
  assert.deepEqual(watched({ pods: every(1), zones: () => false }, hour).unready, []);
});
