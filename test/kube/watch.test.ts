import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { create, list } from "../../src/kube/objects.ts";
import type { Transport } from "../../src/kube/transport.ts";
import { etcdUrl } from "../cluster/addresses.ts";
import { configMap, configMaps } from "./config-maps.ts";
import { openGround, until } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { startProxy } from "./proxy.ts";
import type { Proxy } from "./proxy.ts";
import { startRelay } from "./relay.ts";
import { changes, startWatched } from "./watched.ts";

let ground: Ground;
let proxy: Proxy;
let through: Transport;
before(async () => {
  ground = await openGround();
  proxy = await startProxy();
  through = ground.via(proxy.url);
});
after(async () => {
  await ground?.close();
  await proxy?.close();
});

test("a store lists in pages, then follows what comes, changes and goes", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  for (const name of ["a", "b", "c", "d", "e"]) await put(name, "1");
  await using watched = startWatched(ground.transport, namespace);
  await watched.store.synced;
  assert.deepEqual(
    [...watched.store.view.keys()].toSorted(),
    ["a", "b", "c", "d", "e"].map((name) => `${namespace}/${name}`),
  );
  await put("f", "1");
  await put("a", "2");
  await drop("b");
  await until(
    watched.store,
    (view) => view.has(`${namespace}/f`) && view.get(`${namespace}/a`)?.["x"] === "2" && !view.has(`${namespace}/b`),
  );
  assert.deepEqual(watched.problems, []);
  assert.ok((watched.store.ageMs() ?? Infinity) >= 0);
});

test("a cut connection costs a resume, not a list, and nothing that happened meanwhile", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  await put("a", "1");
  await using watched = startWatched(through, namespace);
  await watched.store.synced;
  await put("a", "2");
  await until(watched.store, (view) => view.get(`${namespace}/a`)?.["x"] === "2");
  proxy.shut();
  await put("b", "1");
  await drop("a");
  await watched.fault(({ cause }) => cause === "network");
  proxy.open();
  await until(watched.store, (view) => view.has(`${namespace}/b`) && !view.has(`${namespace}/a`));
  assert.ok(watched.problems.every(({ cause }) => cause === "network"));
});

test("an API server that is killed after etcd was compacted: who was cut off or in the middle of a list reads anew, who was not goes on (O3)", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  for (const name of ["a", "b", "c"]) await put(name, "1");
  const relay = await startRelay(ground.cluster);
  const passes = Promise.withResolvers<void>();
  const second = relay.next("continue=", async (answer, forward) => {
    await passes.promise;
    const said = await forward();
    answer.writeHead(said.statusCode ?? 502, said.headers).end((await said.toArray()).join(""));
  });
  await using watched = startWatched(through, namespace);
  await using listing = startWatched(ground.via(relay.url), namespace);
  await using steady = startWatched(ground.transport, namespace);
  await Promise.all([watched.store.synced, steady.store.synced, second]);
  const told: (readonly [string, unknown, unknown])[] = [];
  watched.store.subscribe((key, before, after) => told.push([key, before, after]));

  proxy.shut();
  await watched.fault(() => true);
  await drop("a");
  const { metadata } = await put("d", "1");
  await until(steady.store, (view) => view.has(`${namespace}/d`));
  await compact(metadata.resourceVersion ?? "");
  // The API server's own cache remembers older events and snapshots; a new process of it does not.
  await ground.cluster.component("kube-apiserver", "kill");
  await ground.cluster.component("kube-apiserver", "start");
  proxy.open();
  passes.resolve();
  await put("e", "1");
  for (const { store } of [watched, listing, steady]) {
    await until(store, (view) => view.has(`${namespace}/e`));
    assert.deepEqual(
      [...store.view.keys()].toSorted(),
      ["b", "c", "d", "e"].map((name) => `${namespace}/${name}`),
    );
  }
  const readAnew = [watched, listing, steady].map(({ problems }) => problems.some(({ cause }) => cause === "gone"));
  assert.deepEqual(readAnew, [true, true, false]);
  assert.deepEqual(
    told.filter(([key]) => key !== `${namespace}/e`),
    [
      [`${namespace}/a`, { x: "1" }, undefined],
      [`${namespace}/d`, undefined, { x: "1" }],
    ],
  );
  await relay.close();
});

test("after churn with the connection cut again and again the store is what the API server lists", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  await using watched = startWatched(through, namespace);
  await watched.store.synced;
  for (let round = 0; round < 60; round++) {
    const name = `churn-${(round * 7) % 12}`;
    if (round % 4 === 3) await drop(name).catch(() => {});
    else await put(name, String(round));
    if (round % 10 === 9) proxy.cut();
  }
  await create(ground.transport, configMaps, configMap(namespace, "last"));
  await until(watched.store, (view) => view.has(`${namespace}/last`));
  const { items } = await list(ground.transport, configMaps, {
    namespace,
    fieldSelector: "metadata.name!=kube-root-ca.crt",
  });
  const stands = new Map(items.map(({ metadata, data }) => [`${metadata.namespace}/${metadata.name}`, data ?? {}]));
  assert.deepEqual(new Map([...watched.store.view].toSorted()), new Map([...stands].toSorted()));
});

test("a connection that is lost without a word is given up and made anew", async () => {
  const namespace = await ground.namespace();
  const { put } = changes(ground.transport, namespace);
  const lossy = await startProxy();
  const transport = ground.via(lossy.url, { silenceMs: 500 });
  await using watched = startWatched(transport, namespace);
  await put("a", "1");
  await until(watched.store, (view) => view.has(`${namespace}/a`));
  const again = lossy.connected(lossy.accepted() + 1);
  lossy.freeze();
  await put("a", "2");
  await again;
  lossy.open();
  lossy.cut();
  await until(watched.store, (view) => view.get(`${namespace}/a`)?.["x"] === "2");
  await transport.close();
  await lossy.close();
});

test("an aborted watch ends without a word", async () => {
  const namespace = await ground.namespace();
  const watched = startWatched(ground.transport, namespace);
  await watched.store.synced;
  await watched[Symbol.asyncDispose]();
  assert.deepEqual(watched.problems, []);
});

/** Has etcd forget everything before `revision`. */
const compact = async (revision: string): Promise<void> => {
  const answer = await fetch(`${etcdUrl}/v3/kv/compaction`, {
    method: "POST",
    body: JSON.stringify({ revision, physical: true }),
  });
  assert.equal(answer.status, 200, await answer.text());
};
