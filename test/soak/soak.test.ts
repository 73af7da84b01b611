import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { askUntil } from "../cluster/asking.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { installDomicile, startHome, uninstallDomicile } from "../e2e/domicile.ts";
import { askReplica, sample, untilReplicas, type Replica } from "../e2e/replicas.ts";
import { makeChurn, type Churn } from "./churn.ts";
import { growth, readMemory, type Reading } from "./memory.ts";
import { randomOf } from "./random.ts";
import { keepStores, sizesOf, untilSame, type KeptStores } from "./stores.ts";

const minutes = Number(process.env["DOMICILE_SOAK_MINUTES"] ?? 0.5);
const seed = Number(process.env["DOMICILE_SEED"] ?? 20_261_124);
/** A new process grows for a while: code is compiled, pools fill, the heap finds its size. */
const warmUpMs = 180_000;
/** In MiB per minute. At 1, a replica of 150 MiB reaches its limit of 512 MiB in six hours; a churn kept level has no reason for any. */
const flat = 1;
/** Below this a slope says more about the last collection than about growth. */
const judgedFromMinutes = 8;

let cluster: Cluster;
let home: Kubelet;
let churn: Churn;
let kept: KeptStores;
let replicas: readonly Replica[];
let readings: ReadonlyMap<string, readonly Reading[]>;
const answered = new Map<string, number>();

before(async () => {
  cluster = await connect();
  home = await startHome(cluster);
  await installDomicile(cluster);
  kept = await keepStores(cluster);
  replicas = await untilReplicas(cluster);
  churn = makeChurn(cluster.admin, randomOf(seed));
  const over = new AbortController();
  const reading = readMemory(replicas, 5_000, over.signal);
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    const done = await churn.step();
    if (done === undefined) continue;
    const key = `${done.what}: ${done.answer.status}`;
    answered.set(key, (answered.get(key) ?? 0) + 1);
    // Ten changes a second, whatever the machine could do.
    await pause(100);
  }
  over.abort();
  readings = await reading;
});
after(async () => {
  try {
    await kept.close();
    await churn.clear();
    await uninstallDomicile(cluster);
  } finally {
    await home.stop();
    await cluster.close();
  }
});

test("after all that, what was kept by watching equals a fresh list, object by object", async (t) => {
  t.diagnostic(`${minutes} minutes, DOMICILE_SEED=${seed}`);
  for (const [what, count] of [...answered].toSorted()) t.diagnostic(`${what}: ${count} times`);
  const fresh = await keepStores(cluster);
  try {
    await untilSame(kept.stores, fresh.stores);
  } finally {
    await fresh.close();
  }
  t.diagnostic(`objects: ${JSON.stringify(sizesOf(kept.stores))}; faults of watches: ${kept.problems.length}`);
});

test("every replica keeps as many objects of each resource as there are", async () => {
  const sizes = sizesOf(kept.stores);
  for (const replica of replicas) {
    const count = async (): Promise<Readonly<Record<string, number>>> => {
      const { text } = await askReplica(replica, "/metrics");
      return Object.fromEntries(
        Object.keys(sizes).map((store) => [store, sample(text, "domicile_store_objects", { store })]),
      );
    };
    // Each replica hears of the last change by itself.
    await askUntil(count, (counted) => isDeepStrictEqual(counted, sizes), { describe: `${replica.name} keeps all` });
  }
});

test("the API server answered every change without an error of its own", () => {
  assert.deepEqual(
    [...answered.keys()].filter((key) => /: 5\d\d$/.test(key)),
    [],
  );
});

test("every replica is the process it was, and its memory is flat after the warm-up", (t) => {
  for (const [name, all] of readings) {
    const warm = all.filter(({ at }) => minutes < judgedFromMinutes || at > warmUpMs);
    const { rss, heap, lastRss } = growth(warm);
    t.diagnostic(
      `${name}: RSS ${lastRss.toFixed(0)} MiB, ${rss.toFixed(2)} MiB a minute; lowest heap ${heap.toFixed(2)} MiB a minute`,
    );
    if (minutes < judgedFromMinutes) {
      t.diagnostic(`not judged: a slope says something from ${judgedFromMinutes} minutes on, DOMICILE_SOAK_MINUTES`);
      continue;
    }
    assert.ok(rss < flat, `${name}: RSS grows by ${rss} MiB a minute`);
    assert.ok(heap < flat, `${name}: the heap grows by ${heap} MiB a minute`);
  }
});
