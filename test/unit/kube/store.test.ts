import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Store } from "../../../src/kube/store.ts";
import type { WatchEvent } from "../../../src/kube/watch-source.ts";

type Value = { readonly team: string };
const applied = (key: string, team: string): WatchEvent<Value> => ({ kind: "applied", key, value: { team } });
const open = () => {
  let now = 0;
  const store = new Store<Value>(() => now);
  const told: string[] = [];
  store.subscribe((key, before, after) => told.push(`${key}: ${before?.team ?? "-"} > ${after?.team ?? "-"}`));
  return { store, told, pass: (ms: number) => (now += ms) };
};

test("a restart tells what came, what changed and what went, after all of it stands", () => {
  const { store, told } = open();
  for (const key of ["a", "b", "c"]) store.take(applied(key, "1"));
  told.length = 0;
  const seen: string[][] = [];
  store.subscribe(() => seen.push([...store.view.keys()].toSorted()));
  store.take({
    kind: "restarted",
    objects: new Map([
      ["a", { team: "1" }],
      ["b", { team: "2" }],
      ["d", { team: "1" }],
    ]),
  });
  assert.deepEqual(told.toSorted(), ["b: 1 > 2", "c: 1 > -", "d: - > 1"]);
  for (const keys of seen) assert.deepEqual(keys, ["a", "b", "d"]);
});

test("an update that leaves the projection equal is told to nobody and keeps the old value", () => {
  const { store, told } = open();
  store.take(applied("a", "1"));
  const value = store.view.get("a");
  store.take(applied("a", "1"));
  assert.deepEqual(told, ["a: - > 1"]);
  assert.equal(store.view.get("a"), value);
});

test("an object the projection leaves out goes", () => {
  const { store, told } = open();
  store.take(applied("a", "1"));
  store.take({ kind: "applied", key: "a", value: undefined });
  store.take({ kind: "deleted", key: "never-there" });
  assert.deepEqual(told, ["a: - > 1", "a: 1 > -"]);
});

test("a store has synced after its first restart, not before", async () => {
  const { store } = open();
  store.take(applied("a", "1"));
  assert.equal(store.hasSynced, false);
  store.take({ kind: "restarted", objects: new Map() });
  assert.equal(store.hasSynced, true);
  await store.synced;
});

test("the age is the time since anything was heard, a bookmark included", () => {
  const { store, pass } = open();
  assert.equal(store.ageMs(), undefined);
  store.take({ kind: "restarted", objects: new Map() });
  pass(500);
  assert.equal(store.ageMs(), 500);
  store.take({ kind: "heard" });
  assert.equal(store.ageMs(), 0);
});

test("who has unsubscribed hears nothing more", () => {
  const { store } = open();
  let count = 0;
  const end = store.subscribe(() => count++);
  store.take(applied("a", "1"));
  end();
  store.take(applied("a", "2"));
  assert.equal(count, 1);
});

test("whatever happens, an index holds what a look at every object would find", () => {
  const key = fc.constantFrom("a", "b", "c", "d");
  const value = fc.record({ team: fc.constantFrom("x", "y", "z") });
  const event: fc.Arbitrary<WatchEvent<Value>> = fc.oneof(
    fc.record({ kind: fc.constant("applied" as const), key, value: fc.option(value, { nil: undefined }) }),
    fc.record({ kind: fc.constant("deleted" as const), key }),
    fc.array(fc.tuple(key, value)).map((pairs) => ({ kind: "restarted" as const, objects: new Map(pairs) })),
  );
  fc.assert(
    fc.property(fc.array(event), fc.array(event), (early, late) => {
      const { store } = open();
      for (const one of early) store.take(one);
      const byTeam = store.index(({ team }) => [team, "all"]);
      for (const one of late) store.take(one);
      for (const term of ["x", "y", "z", "all"]) {
        const found = [...store.view].filter(([, { team }]) => term === "all" || team === term).map(([key]) => key);
        assert.deepEqual([...byTeam(term)].toSorted(), found.toSorted());
      }
    }),
  );
});
