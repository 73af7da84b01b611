import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { get } from "../../src/kube/objects.ts";
import { configMaps } from "./config-maps.ts";
import { openGround, until } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { changed, cut, half, halfOf, says, startRelay } from "./relay.ts";
import type { Fault, Relay } from "./relay.ts";
import { changes, startWatched } from "./watched.ts";

let ground: Ground;
let relay: Relay;
before(async () => {
  ground = await openGround();
  relay = await startRelay(ground.cluster);
});
after(async () => {
  await ground?.close();
  await relay?.close();
});

const requests = (namespace: string) => {
  const lines = relay.seen.map(({ line }) => line).filter((line) => line.includes(`/${namespace}/`));
  return {
    first: lines.filter((line) => !line.includes("continue=") && !line.includes("watch=1")).length,
    later: lines.filter((line) => line.includes("continue=")).length,
  };
};

const html = "<html><body>Down for maintenance</body></html>";
const status = (code: number, message: string) => JSON.stringify({ kind: "Status", code, message });
const json = { "content-type": "application/json" };

/** What becomes of the second page, what that counts as, and how long the watch stays away at least. */
const pages: Readonly<Record<string, readonly [fault: Fault, cause: string, atLeastMs: number]>> = {
  "a connection that is cut": [cut, "network", 100],
  "half an answer": [half, "network", 100],
  "a 429 that says when to come back": [
    says(429, { ...json, "retry-after": "7" }, status(429, "too many requests")),
    "tooManyRequests",
    7_000,
  ],
  "a 503 of an API server that is shutting down": [
    says(503, { ...json, "retry-after": "3", connection: "close" }, status(503, "apiserver is shutting down")),
    "unavailable",
    3_000,
  ],
  "a balancer's page for people": [says(502, { "content-type": "text/html" }, html), "unavailable", 100],
  "a balancer's page that says all is well": [says(200, { "content-type": "text/html" }, html), "malformed", 100],
  "a balancer's own JSON": [says(200, json, JSON.stringify({ items: [] })), "malformed", 100],
  "a page larger than is read": [
    changed((body) => body.replace("{", `{"padding":"${"x".repeat(100_000)}",`)),
    "tooLarge",
    0,
  ],
};

for (const [name, [fault, cause, atLeastMs]] of Object.entries(pages))
  test(`${name} at page 2: what was read stays, half a list is told to nobody, and the list goes on (O3)`, async () => {
    const namespace = await ground.namespace();
    const { put } = changes(ground.transport, namespace);
    const names = ["a", "b", "c", "d", "e"];
    await Promise.all(names.map((one) => put(one, "1")));
    const happens = relay.next(`/${namespace}/configmaps?limit=2&continue=`, fault);
    await using watched = startWatched(ground.via(relay.url, { answerBytes: 50_000 }), namespace);
    const told: number[] = [];
    watched.store.subscribe(() => told.push(watched.store.view.size));
    await happens;
    assert.deepEqual([watched.store.hasSynced, watched.store.view.size], [false, 0]);
    await watched.store.synced;
    assert.deepEqual(
      [...watched.store.view.keys()].toSorted(),
      names.map((one) => `${namespace}/${one}`),
    );
    assert.ok(told.every((size) => size === names.length));
    assert.deepEqual(
      watched.problems.map((problem) => problem.cause),
      [cause],
    );
    assert.ok(
      (watched.problems[0]?.waitMs ?? 0) >= atLeastMs,
      `it would be back after ${watched.problems[0]?.waitMs} ms`,
    );
    assert.equal(requests(namespace).first, 1, "the first page is asked for once");
  });

test("half an event is no event: it is told once, after the stream has been made anew, and nothing is listed (O3)", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  await put("a", "1");
  await put("b", "1");
  const happens = relay.next(`/${namespace}/configmaps?watch=1`, halfOf('"x":"2"'));
  await using watched = startWatched(ground.via(relay.url), namespace);
  await watched.store.synced;
  const told: unknown[] = [];
  watched.store.subscribe((key, _before, after) => told.push([key, after?.["x"]]));
  await happens;
  await put("a", "2");
  await watched.fault(({ cause }) => cause === "network");
  await drop("b");
  await until(watched.store, (view) => !view.has(`${namespace}/b`));
  assert.deepEqual(told, [
    [`${namespace}/a`, "2"],
    [`${namespace}/b`, undefined],
  ]);
  assert.equal(requests(namespace).first, 1);
});

test("while a list breaks off, the store keeps all that it had", async () => {
  const namespace = await ground.namespace();
  const { put, drop } = changes(ground.transport, namespace);
  for (const name of ["a", "b", "c"]) await put(name, "1");
  const gone = JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, message: "too old" } });
  const expires = relay.next(`/${namespace}/configmaps?watch=1`, says(200, json, `${gone}\n`));
  await using watched = startWatched(ground.via(relay.url), namespace);
  await watched.store.synced;
  await drop("c");
  const breaksOff = relay.next(`/${namespace}/configmaps?limit=2&continue=`, cut);
  await expires;
  await breaksOff;
  assert.equal(watched.store.view.size, 3);
  await until(watched.store, (view) => !view.has(`${namespace}/c`));
  assert.equal(watched.store.view.size, 2);
});

test("a version that is yet to come, as after a restore of etcd, is noticed by its silence and listed anew", async () => {
  const namespace = await ground.namespace();
  const { put } = changes(ground.transport, namespace);
  const ahead = (body: string): string =>
    body.replace(/"resourceVersion":"(\d+)"/, (_, version) => `"resourceVersion":"${Number(version) + 1_000_000}"`);
  void relay.next(`/${namespace}/configmaps?limit=2`, changed(ahead));
  const lost = relay.next(`/${namespace}/configmaps?watch=1`, cut);
  await using watched = startWatched(ground.via(relay.url, { silenceMs: 500 }), namespace);
  await lost;
  await put("a", "1");
  await until(watched.store, (view) => view.has(`${namespace}/a`));
  // On a machine that is busy enough a good watch is silent for so long too.
  assert.ok(requests(namespace).first > 1);
});

test("an answer that is no ConfigMap is not taken for one", async () => {
  const namespace = await ground.namespace();
  void relay.next(`/${namespace}/configmaps/a`, says(200, json, JSON.stringify({ status: "ok" })));
  await assert.rejects(get(ground.via(relay.url), configMaps, { namespace, name: "a" }), /the answer is no ConfigMap/);
});
