import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  nextEviction,
  noEvictions,
  outOfPlace,
  refusedMs,
  tried,
  type Evictions,
} from "../../../src/placement/eviction.ts";
import type { PodFacts } from "../../../src/zone/facts.ts";
import { namespace, node, pod, world, zone, zoneRecord } from "../world.ts";

const owner = (kind: string, name: string) => ({
  apiVersion: "apps/v1",
  kind,
  name,
  uid: `uid-${name}`,
  deployment: undefined,
});
const member = (name: string, on: string | undefined, parts: Partial<PodFacts> = {}): PodFacts =>
  pod({ name, uid: `uid-${name}`, node: on, owner: owner("StatefulSet", "db"), ...parts });

type Parts = Parameters<typeof world>[0];
const home = new Set(["home"]);
const seen = (pods: readonly PodFacts[], more: Parts = {}) =>
  world({
    zones: [zoneRecord(zone())],
    namespaces: [namespace("payments")],
    nodes: [node("home"), node("away")],
    pods,
    ...more,
  });
const limits = { maxPerMinute: 10, maxUnavailable: 1 };
const rested: Evictions = { triedAt: -1_000_000, granted: new Map(), groups: new Map() };
const base = { zone: "us", limits, verified: home, history: rested, now: 0 };

type Case = {
  readonly pods: readonly PodFacts[];
  readonly with?: Partial<typeof base> & { readonly parts?: Parts };
  readonly gives: string;
};

const two = [member("db-0", "away"), member("db-1", "away")];
const cases: Readonly<Record<string, Case>> = {
  "a pod out of place is evicted": { pods: two, gives: "evict db-0" },
  "where all are in place nothing is done": { pods: [member("db-0", "home")], gives: "rest" },
  "P19 without a verified node nothing is evicted": { pods: two, with: { verified: new Set() }, gives: "stopped" },
  "P6 a mirror pod is never evicted": { pods: [member("db-0", "away", { mirror: true })], gives: "rest" },
  "a pod that goes already is left alone": { pods: [member("db-0", "away", { deleting: true })], gives: "rest" },
  "a pod that has ended is left alone": { pods: [member("db-0", "away", { ended: true })], gives: "rest" },
  "a pod whose node is gone is left to the garbage collector": { pods: [member("db-0", "nowhere")], gives: "rest" },
  "a pod is not evicted from a namespace where its successor would be refused": {
    pods: two,
    with: { parts: { namespaces: [namespace("payments", { sealed: undefined })] } },
    gives: "rest",
  },
  "while one of a workload is going no other is evicted": {
    pods: [
      member("db-0", "away", { deleting: true }),
      member("db-1", "away"),
      member("db-2", "home", { ready: false }),
    ],
    gives: "rest",
  },
  "a pod that is not ready is evicted whatever its workload lacks": {
    pods: [member("db-0", "away"), member("db-1", "away", { ready: false })],
    gives: "evict db-1",
  },
  "pods of one DaemonSet do not stand in for each other": {
    pods: ["a", "b"].map((name) => member(name, "away", { owner: owner("DaemonSet", "logs"), deleting: name === "a" })),
    gives: "evict b",
  },
  "a term of leading waits its share of a minute first": {
    pods: two,
    with: { history: noEvictions(5_000), now: 5_001 },
    gives: "wait 11000",
  },
  "what was refused is tried again after a while, and holds up no other workload": {
    pods: [...two, member("web-0", "away", { owner: owner("StatefulSet", "web") })],
    with: {
      history: {
        ...rested,
        groups: new Map([["payments/StatefulSet/db", { triedAt: 0, refused: true, size: 0 }]]),
      },
      now: 1,
    },
    gives: "evict web-0",
  },
  "what was refused waits where there is nothing else": {
    pods: two,
    with: {
      history: {
        ...rested,
        groups: new Map([["payments/StatefulSet/db", { triedAt: 0, refused: true, size: 0 }]]),
      },
      now: 1,
    },
    gives: `wait ${refusedMs}`,
  },
  "a pod that was evicted and is not made anew is missing for ten minutes": {
    pods: [member("db-1", "away")],
    with: {
      history: { ...rested, groups: new Map([["payments/StatefulSet/db", { triedAt: 0, refused: false, size: 2 }]]) },
    },
    gives: "wait 600000",
  },
  "then its workload was meant to be smaller": {
    pods: [member("db-1", "away")],
    with: {
      history: { ...rested, groups: new Map([["payments/StatefulSet/db", { triedAt: 0, refused: false, size: 2 }]]) },
      now: 600_000,
    },
    gives: "evict db-1",
  },
  "an eviction that was granted and never showed is tried again": {
    pods: [member("db-0", "away")],
    with: { history: { ...rested, granted: new Map([["uid-db-0", 0]]) }, now: 60_000 },
    gives: "evict db-0",
  },
};

for (const [sentence, { pods, with: { parts, ...more } = {}, gives }] of Object.entries(cases))
  test(sentence, () => {
    const step = nextEviction({ ...base, ...more, world: seen(pods, parts) });
    const said = step.kind === "evict" ? ` ${step.pod.name}` : step.kind === "wait" ? ` ${step.until}` : "";
    assert.equal(`${step.kind}${said}`, gives);
  });

test("out of place are bound pods that have not ended, whatever else is said of them", () => {
  const pods = [
    member("a", "away", { mirror: true }),
    member("b", "nowhere"),
    member("c", undefined),
    member("d", "away", { ended: true }),
    member("e", "home"),
  ];
  assert.deepEqual(
    outOfPlace(seen(pods), "us", home).map(({ name }) => name),
    ["a", "b"],
  );
});

/** A workload of a simulated cluster: how many pods it wants, and whether a new one waits until the old one is gone. */
type Workload = { readonly name: string; readonly wants: number; readonly waits: boolean };
const workloads: readonly Workload[] = [
  { name: "web", wants: 4, waits: false },
  { name: "db", wants: 3, waits: true },
];

const step = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9_000 }).map((ms) => ({ kind: "pass", ms }) as const) },
  ...(["show", "vanish", "replace", "ready", "empty", "refuse", "lead"] as const).map((kind) => fc.constant({ kind })),
  fc.integer({ min: 0, max: 6 }).map((at) => ({ kind: "fail", at }) as const),
);

/** A cluster that is as slow, and as many steps behind, as the steps say; what a watch shows is all that is decided by. */
const simulate = (limit: typeof limits) => {
  let pods: readonly PodFacts[] = [
    ...workloads.flatMap(({ name, wants }) =>
      Array.from({ length: wants }, (_, at) => member(`${name}-${at}`, "away", { owner: owner("StatefulSet", name) })),
    ),
    member("static", "away", { mirror: true, owner: undefined }),
  ];
  const granted = new Map<string, number>();
  const state = {
    now: 0,
    verified: home as ReadonlySet<string>,
    refuses: false,
    made: 0,
    ledAt: 0,
    history: noEvictions(0),
  };
  const of = ({ name }: Workload) => pods.filter((one) => one.owner?.name === name);
  const serving = (workload: Workload) =>
    of(workload).filter((one) => one.ready && !one.deleting && !granted.has(one.uid)).length;
  const staying = (workload: Workload) => of(workload).filter((one) => !one.deleting && !granted.has(one.uid)).length;
  const map = (change: (one: PodFacts, at: number) => Partial<PodFacts>): void => {
    pods = pods.map((one, at) => ({ ...one, ...change(one, at) }));
  };
  return {
    state,
    granted,
    of,
    serving,
    staying,
    map,
    limit,
    get pods() {
      return pods;
    },
    set pods(next) {
      pods = next;
    },
  };
};

test("P8 whatever the cluster does, evictions keep their pace, spare what serves, and never touch what they may not (P6) (P19)", () => {
  fc.assert(
    fc.property(
      fc.record({ maxPerMinute: fc.constantFrom(1, 7, 60, 600), maxUnavailable: fc.integer({ min: 1, max: 3 }) }),
      fc.array(step, { minLength: 10, maxLength: 60 }),
      (limit, steps) => {
        const cluster = simulate(limit);
        const { state, granted } = cluster;
        const tries: number[] = [];
        for (const event of steps) {
          switch (event.kind) {
            case "pass":
              state.now += event.ms;
              // A watch is behind by less than what an eviction is remembered for.
              cluster.map(({ uid, deleting }) => ({
                deleting: deleting || state.now - (granted.get(uid) ?? state.now) >= 50_000,
              }));
              break;
            case "show":
              cluster.map(({ uid, deleting }) => ({ deleting: deleting || granted.has(uid) }));
              break;
            case "vanish":
              cluster.pods = cluster.pods.filter(({ deleting }) => !deleting);
              break;
            case "replace":
              for (const workload of workloads) {
                const there = cluster.of(workload).filter(({ deleting }) => workload.waits || !deleting).length;
                for (let missing = workload.wants - there; missing > 0; missing -= 1) {
                  const name = `${workload.name}-new-${(state.made += 1)}`;
                  cluster.pods = [
                    ...cluster.pods,
                    member(name, "home", { ready: false, owner: owner("StatefulSet", workload.name) }),
                  ];
                }
              }
              break;
            case "ready":
              cluster.map(() => ({ ready: true }));
              break;
            case "fail":
              cluster.map((one, at) => (at === event.at ? { ready: false } : one));
              break;
            case "empty":
              state.verified = state.verified.size === 0 ? home : new Set();
              break;
            case "refuse":
              state.refuses = !state.refuses;
              break;
            case "lead":
              // What is missing at that moment only the former leader knew, and then this is not promised.
              if (!workloads.every((workload) => cluster.staying(workload) >= workload.wants)) break;
              state.history = noEvictions(state.now);
              break;
            default:
              event satisfies never;
          }
          const seenNow = seen(cluster.pods);
          const { history, now, verified } = state;
          const next = nextEviction({ world: seenNow, zone: "us", limits: limit, verified, history, now });
          if (next.kind === "stopped") assert.equal(verified.size, 0);
          if (next.kind !== "evict") continue;
          const { pod: victim } = next;
          assert.ok(verified.size > 0, "somewhere to run");
          assert.ok(!victim.mirror && victim.node === "away" && !granted.has(victim.uid), victim.name);
          tries.push(now);
          const workload = workloads.find(({ name }) => name === victim.owner?.name);
          assert.ok(workload);
          if (!state.refuses && victim.ready)
            assert.ok(
              workload.wants - cluster.serving(workload) + 1 <= limit.maxUnavailable,
              `${victim.name} with ${cluster.serving(workload)} of ${workload.wants} serving`,
            );
          if (!state.refuses) granted.set(victim.uid, now);
          state.history = tried(
            { world: seenNow, zone: "us", history, now },
            victim,
            state.refuses ? "refused" : "granted",
          );
        }
        for (const from of tries) {
          const within = tries.filter((at) => at >= from && at < from + 60_000).length;
          assert.ok(within <= limit.maxPerMinute, `${within} tries in a minute`);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("P8 with a cluster that keeps up all that may be evicted are, one after another", () => {
  const cluster = simulate({ maxPerMinute: 60, maxUnavailable: 1 });
  let { history } = cluster.state;
  let now = 0;
  for (let made = 0; ; made += 1) {
    const seenNow = seen(cluster.pods);
    const next = nextEviction({ world: seenNow, zone: "us", limits: cluster.limit, verified: home, history, now });
    if (next.kind === "wait") now = next.until;
    else if (next.kind === "evict") {
      const { pod: victim } = next;
      history = tried({ world: seenNow, zone: "us", history, now }, victim, "granted");
      cluster.pods = cluster.pods.map((one) =>
        one === victim ? member(`new-${made}`, "home", { owner: one.owner }) : one,
      );
    } else {
      assert.equal(next.kind, "rest");
      break;
    }
  }
  assert.equal(now, 7_000, "seven pods, one each second");
  assert.deepEqual(
    cluster.pods.filter((one) => one.node === "away").map(({ name }) => name),
    ["static"],
  );
});
