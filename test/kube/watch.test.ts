import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { clock } from "../../src/ops/clock.ts";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { startInformer } from "../../src/kube/informer.ts";
import type { Informer } from "../../src/kube/informer.ts";
import { apply, create, list, remove } from "../../src/kube/objects.ts";
import type { KubeObject } from "../../src/kube/objects.ts";
import { connect } from "../../src/kube/transport.ts";
import type { Transport } from "../../src/kube/transport.ts";
import type { WatchProblem } from "../../src/kube/watch.ts";
import { etcdUrl } from "../cluster/addresses.ts";
import { configMap, configMaps, kubeconfigTo, openGround, until } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { startProxy } from "./proxy.ts";
import type { Proxy } from "./proxy.ts";

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

type Data = Readonly<Record<string, string>>;
type Watched = Informer<Data> & {
  readonly problems: WatchProblem[];
  /** Resolves at the next fault. */
  readonly fault: () => Promise<WatchProblem>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** The data of every config map of a namespace but the one Kubernetes puts there, in pages of two. */
const start = (transport: Transport, namespace: string): Watched => {
  const end = new AbortController();
  const problems: WatchProblem[] = [];
  let next = Promise.withResolvers<WatchProblem>();
  const informer = startInformer<Data>(
    {
      transport,
      resource: configMaps,
      project: ({ metadata, data }) => (metadata.name === "kube-root-ca.crt" ? undefined : ((data ?? {}) as Data)),
      // While the API server is away waits double; tests of what comes after need not sit them out.
      timers: { ...clock, sleep: (ms, signal) => clock.sleep(Math.min(ms, 500), signal) },
      report: (_resource, problem) => {
        problems.push(problem);
        next.resolve(problem);
        next = Promise.withResolvers();
      },
      selection: { namespace, limit: 2 },
    },
    end.signal,
  );
  return {
    ...informer,
    problems,
    fault: () => next.promise,
    [Symbol.asyncDispose]: () => {
      end.abort();
      return informer.done;
    },
  };
};

const put = (namespace: string, name: string, x: string): Promise<KubeObject> =>
  apply(ground.transport, configMaps, configMap(namespace, name, { x }), { fieldManager: "test" });

const drop = (namespace: string, name: string): Promise<void> =>
  remove(ground.transport, configMaps, { namespace, name });

test("a store lists in pages, then follows what comes, changes and goes", async () => {
  const namespace = await ground.namespace();
  for (const name of ["a", "b", "c", "d", "e"]) await put(namespace, name, "1");
  await using watched = start(ground.transport, namespace);
  await watched.store.synced;
  assert.deepEqual(
    [...watched.store.view.keys()].toSorted(),
    ["a", "b", "c", "d", "e"].map((name) => `${namespace}/${name}`),
  );
  await put(namespace, "f", "1");
  await put(namespace, "a", "2");
  await drop(namespace, "b");
  await until(
    watched.store,
    (view) => view.has(`${namespace}/f`) && view.get(`${namespace}/a`)?.["x"] === "2" && !view.has(`${namespace}/b`),
  );
  assert.deepEqual(watched.problems, []);
  assert.ok((watched.store.ageMs() ?? Infinity) >= 0);
});

test("a cut connection costs a resume, not a list, and nothing that happened meanwhile", async () => {
  const namespace = await ground.namespace();
  await put(namespace, "a", "1");
  await using watched = start(through, namespace);
  await watched.store.synced;
  await put(namespace, "a", "2");
  await until(watched.store, (view) => view.get(`${namespace}/a`)?.["x"] === "2");
  const fault = watched.fault();
  proxy.shut();
  await put(namespace, "b", "1");
  await drop(namespace, "a");
  assert.equal((await fault).cause, "network");
  proxy.open();
  await until(watched.store, (view) => view.has(`${namespace}/b`) && !view.has(`${namespace}/a`));
  assert.ok(watched.problems.every(({ cause }) => cause === "network"));
});

test("a version that is gone is listed anew, and what was deleted meanwhile is told", async () => {
  const namespace = await ground.namespace();
  await put(namespace, "a", "1");
  await put(namespace, "b", "1");
  await using watched = start(through, namespace);
  await watched.store.synced;
  const told: (readonly [string, unknown, unknown])[] = [];
  watched.store.subscribe((key, before, after) => told.push([key, before, after]));

  const fault = watched.fault();
  proxy.shut();
  await fault;
  await drop(namespace, "a");
  const { metadata } = await put(namespace, "c", "1");
  await compact(metadata.resourceVersion ?? "");
  // The API server's own cache remembers older events; a new process of it does not.
  await ground.cluster.component("kube-apiserver", "kill");
  await ground.cluster.component("kube-apiserver", "start");
  proxy.open();
  await until(watched.store, (view) => view.has(`${namespace}/c`) && !view.has(`${namespace}/a`));
  assert.ok(
    watched.problems.some(({ cause }) => cause === "gone"),
    watched.problems.map(({ cause, message }) => `${cause}: ${message}`).join("\n"),
  );
  assert.deepEqual(told, [
    [`${namespace}/a`, { x: "1" }, undefined],
    [`${namespace}/c`, undefined, { x: "1" }],
  ]);
});

test("a watch outlives the API server's restart", async () => {
  const namespace = await ground.namespace();
  await put(namespace, "a", "1");
  await using watched = start(ground.transport, namespace);
  await watched.store.synced;
  await ground.cluster.component("kube-apiserver", "kill");
  await ground.cluster.component("kube-apiserver", "start");
  await put(namespace, "b", "1");
  await until(watched.store, (view) => view.has(`${namespace}/b`));
  assert.ok(watched.store.view.has(`${namespace}/a`));
});

test("after churn with the connection cut again and again the store is what the API server lists", async () => {
  const namespace = await ground.namespace();
  await using watched = start(through, namespace);
  await watched.store.synced;
  for (let round = 0; round < 60; round++) {
    const name = `churn-${(round * 7) % 12}`;
    if (round % 4 === 3) await drop(namespace, name).catch(() => {});
    else await put(namespace, name, String(round));
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
  const lossy = await startProxy();
  const transport = connect(loadCredentials({ kubeconfig: kubeconfigTo(ground.cluster, lossy.url) }), {
    silenceMs: 1_000,
  });
  try {
    await using watched = start(transport, namespace);
    await watched.store.synced;
    const fault = watched.fault();
    lossy.freeze();
    await put(namespace, "a", "1");
    assert.equal((await fault).cause, "timeout");
    lossy.open();
    lossy.cut();
    await until(watched.store, (view) => view.has(`${namespace}/a`));
  } finally {
    await transport.close();
    await lossy.close();
  }
});

test("an aborted watch ends without a word", async () => {
  const namespace = await ground.namespace();
  const watched = start(ground.transport, namespace);
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
