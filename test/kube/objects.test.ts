import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { KubeError } from "../../src/kube/failure.ts";
import { fenced } from "../../src/kube/fenced.ts";
import type { Failure } from "../../src/kube/failure.ts";
import { apply, applyStatus, create, get, jsonPatch, list, listPage, remove, replace } from "../../src/kube/objects.ts";
import type { KubeObject } from "../../src/kube/kube-object.ts";
import { resources } from "../../src/kube/resources.ts";
import { connect } from "../../src/kube/transport.ts";
import { configMap, configMaps } from "./config-maps.ts";
import { openGround } from "./ground.ts";
import type { Ground } from "./ground.ts";
import { startProxy } from "./proxy.ts";

let ground: Ground;
before(async () => void (ground = await openGround()));
after(() => ground.close());

const failure = async (work: Promise<unknown>): Promise<Failure> => {
  const problem = await work.then(
    () => assert.fail("it was let through"),
    (thrown: unknown) => thrown,
  );
  assert.ok(problem instanceof KubeError, String(problem));
  return problem.failure;
};

test("a list is read page by page and is whole", async () => {
  const namespace = await ground.namespace();
  const names = Array.from({ length: 7 }, (_, number) => `paged-${number}`);
  for (const name of names) await create(ground.transport, configMaps, configMap(namespace, name));
  const labelled = { namespace, fieldSelector: "metadata.name!=kube-root-ca.crt", limit: 3 };
  const first = await listPage(ground.transport, configMaps, labelled);
  assert.equal(first.items.length, 3);
  const second = await listPage(ground.transport, configMaps, labelled, first.next);
  assert.equal(second.version, first.version, "every page is of one snapshot");
  const { items, version } = await list(ground.transport, configMaps, labelled);
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    names,
  );
  assert.match(version, /^[0-9]+$/);
});

test("an apply makes, changes and prunes the fields of its own manager", async () => {
  const namespace = await ground.namespace();
  const mine = { fieldManager: "mine" };
  await apply(ground.transport, configMaps, configMap(namespace, "a", { x: "1", y: "1" }), mine);
  await apply(ground.transport, configMaps, configMap(namespace, "a", { z: "1" }), { fieldManager: "theirs" });
  const left = await apply(ground.transport, configMaps, configMap(namespace, "a", { x: "2" }), mine);
  assert.deepEqual(left["data"], { x: "2", z: "1" });
});

test("an apply over another manager's field is a conflict that names it, unless forced", async () => {
  const namespace = await ground.namespace();
  await apply(ground.transport, configMaps, configMap(namespace, "a", { x: "1" }), { fieldManager: "theirs" });
  const mine = configMap(namespace, "a", { x: "2" });
  const refused = await failure(apply(ground.transport, configMaps, mine, { fieldManager: "mine" }));
  assert.ok(refused.kind === "conflict");
  assert.deepEqual(
    refused.causes.map(({ field }) => field),
    [".data.x"],
  );
  const forced = await apply(ground.transport, configMaps, mine, { fieldManager: "mine", force: true });
  assert.deepEqual(forced["data"], { x: "2" });
});

test("an apply with the uid of an object that is gone makes no ghost", async () => {
  const namespace = await ground.namespace();
  const uid = "00000000-0000-4000-8000-000000000000";
  const ghost = { metadata: { namespace, name: "ghost", uid }, data: {} };
  const refused = await failure(apply(ground.transport, configMaps, ghost, { fieldManager: "mine", force: true }));
  assert.equal(refused.kind, "conflict");
  assert.equal((await failure(get(ground.transport, configMaps, { namespace, name: "ghost" }))).kind, "notFound");
});

test("an apply of a status changes the status and nothing else", async () => {
  const name = await ground.namespace();
  const applied = await applyStatus<KubeObject & { readonly status: { readonly conditions: readonly unknown[] } }>(
    ground.transport,
    resources.namespaces,
    {
      metadata: { name },
      status: { conditions: [{ type: "Seen", status: "True", reason: "R", message: "m", lastTransitionTime: null }] },
    },
    { fieldManager: "mine" },
  );
  assert.equal(applied.status.conditions.length, 1);
  assert.equal(applied.metadata.labels?.["kubernetes.io/metadata.name"], name);
});

test("a JSON Patch whose test on the uid fails changes nothing", async () => {
  const namespace = await ground.namespace();
  const place = { namespace, name: "a" };
  const { metadata } = await create(ground.transport, configMaps, configMap(namespace, "a", { x: "1" }));
  const steps = (uid: string | undefined) =>
    [
      { op: "test", path: "/metadata/uid", value: uid },
      { op: "remove", path: "/data/x" },
    ] as const;
  const refused = await failure(jsonPatch(ground.transport, configMaps, place, steps("another")));
  assert.equal(refused.kind, "invalid", refused.message);
  assert.deepEqual((await get(ground.transport, configMaps, place))["data"], { x: "1" });
  assert.equal((await jsonPatch(ground.transport, configMaps, place, steps(metadata.uid)))["data"], undefined);
});

test("each way to fail has its own name", async () => {
  const namespace = await ground.namespace();
  const place = { namespace, name: "a" };
  const made = await create(ground.transport, configMaps, configMap(namespace, "a"));
  await apply(ground.transport, configMaps, configMap(namespace, "a", { x: "1" }), { fieldManager: "mine" });
  const nobody = ground.via("https://127.0.0.1:1");
  const cases: Readonly<Record<string, readonly [Failure["kind"], () => Promise<unknown>]>> = {
    "a name that is taken": ["alreadyExists", () => create(ground.transport, configMaps, configMap(namespace, "a"))],
    "a name that is not there": ["notFound", () => get(ground.transport, configMaps, { namespace, name: "b" })],
    "an old version": ["conflict", () => replace(ground.transport, configMaps, made)],
    "a deletion of another uid": ["conflict", () => remove(ground.transport, configMaps, place, { uid: "another" })],
    "a deletion of an old version": [
      "conflict",
      () => remove(ground.transport, configMaps, place, { resourceVersion: made.metadata.resourceVersion ?? "" }),
    ],
    "an object that is no object": [
      "invalid",
      () => create(ground.transport, configMaps, configMap(namespace, "UPPER")),
    ],
    "a query that cannot be read": ["rejected", () => list(ground.transport, configMaps, { labelSelector: "a in in" })],
    "a server that is not there": ["network", () => list(nobody, configMaps)],
  };
  for (const [name, [kind, work]] of Object.entries(cases)) {
    const seen = await failure(work());
    assert.equal(seen.kind, kind, `${name}: ${seen.message}`);
    assert.notEqual(seen.message, "");
  }
});

test("somebody without a certificate that counts is told so, and somebody without a role as well", async () => {
  const admin = loadCredentials({ kubeconfig: ground.cluster.session.kubeconfig });
  const { ca } = (await admin.current()).tls;
  const stranger = connect({
    server: admin.server,
    current: async () => ({ headers: { authorization: "Bearer nonsense" }, tls: ca === undefined ? {} : { ca } }),
  });
  const jane = connect(loadCredentials({ kubeconfig: await ground.cluster.kubeconfigOf({ user: "jane" }) }));
  try {
    assert.equal((await failure(list(stranger, resources.nodes))).kind, "unauthorized");
    const refused = await failure(list(jane, resources.nodes));
    assert.equal(refused.kind, "forbidden");
    assert.match(refused.message, /User "jane" cannot list resource "nodes"/);
  } finally {
    await Promise.all([stranger.close(), jane.close()]);
  }
});

test("a hundred requests one after another share two connections", async () => {
  const proxy = await startProxy();
  const through = ground.via(proxy.url);
  try {
    for (let count = 0; count < 100; count++) await list(through, resources.namespaces, { limit: 1 });
    assert.ok(proxy.accepted() <= 2, `${proxy.accepted()} connections`);
  } finally {
    await through.close();
    await proxy.close();
  }
});

test("an aborted request throws the signal's own reason", async () => {
  const reason = new Error("enough");
  await assert.rejects(list(ground.transport, resources.nodes, { signal: AbortSignal.abort(reason) }), reason);
});

test("a fence keeps back every write and no read (O3)", async () => {
  const namespace = await ground.namespace();
  await create(ground.transport, configMaps, configMap(namespace, "a", { x: "1" }));
  const over = new Error("the term is over");
  const behind = fenced(ground.transport, () => {
    throw over;
  });
  const place = { namespace, name: "a" };
  const writes = [
    create(behind, configMaps, configMap(namespace, "b")),
    apply(behind, configMaps, configMap(namespace, "a", { x: "2" }), { fieldManager: "mine", force: true }),
    jsonPatch(behind, configMaps, place, [{ op: "remove", path: "/data/x" }]),
    replace(behind, configMaps, configMap(namespace, "a")),
    remove(behind, configMaps, place),
  ];
  for (const write of writes) assert.match((await failure(write)).message, /the term is over/);
  assert.deepEqual((await get(behind, configMaps, place))["data"], { x: "1" });
  assert.equal((await failure(get(behind, configMaps, { namespace, name: "b" }))).kind, "notFound");
});
