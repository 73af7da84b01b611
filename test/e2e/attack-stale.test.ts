import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { nodeLabel, podSecurityLabel, zoneFinalizer, zoneLabel } from "../../src/api/names.ts";
import { reconcileNamespace } from "../../src/controllers/namespaces.ts";
import { reconcileNode } from "../../src/controllers/nodes.ts";
import { carryOut } from "../../src/controllers/policies.ts";
import { rememberPolicies } from "../../src/controllers/zone-policies.ts";
import { countNodes } from "../../src/controllers/node-count.ts";
import { reconcileZone } from "../../src/controllers/zones.ts";
import { isolation } from "../../src/egress/compile.ts";
import { stamp } from "../../src/egress/stamp.ts";
import { loadCredentials } from "../../src/kube/credentials.ts";
import { failedWith } from "../../src/kube/failure.ts";
import { connect as connectTransport, type Transport } from "../../src/kube/transport.ts";
import { projectPolicy } from "../../src/zone/policy-facts.ts";
import { projectZone } from "../../src/zone/zone-record.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import * as known from "../unit/world.ts";
import { applyZone, joinZone, makeNamespace, untilZone } from "./domicile.ts";
import { policy, storedPolicies } from "./policies.ts";
import { namespaceOf, zoneRef } from "./resources.ts";

// A replica that was away acts on what it last heard: objects of the same name whose UID is another by now. The real
// ones are looked at by the real Domicile meanwhile, so what must stand here is that the write was refused for what it
// tests, and not by a policy that lets Domicile through.

const zone = "stale";
/** A zone in which Domicile writes nothing, and its namespaces by their Pod Security level. */
const warning = "stale-warning";
const levels = { "stale-baseline": "baseline", "stale-privileged": "privileged" } as const;
const events = { report: async () => undefined };
const { signal } = new AbortController();
let cluster: Cluster;
let transport: Transport;

before(async () => {
  cluster = await connect();
  transport = connectTransport(loadCredentials({ kubeconfig: cluster.session.kubeconfig }));
  await applyZone(cluster, zone, {
    nodes: { provider: "OCI", regions: ["us-ashburn-1"] },
    // Stated, so that what is compiled here, where nobody looks for it, is what stands.
    egress: { dns: { podSelector: { matchLabels: { "k8s-app": "kube-dns" } } } },
  });
  await addNode(cluster, { name: "stale-1", region: "us-ashburn-1" });
  await untilZone(cluster, zone, "NodesVerified", "True");
  await joinZone(cluster, "stale-1", zone);
  await must(cluster.admin.create(namespaceOf("stale-outside")));
  await applyZone(cluster, warning, { enforcement: "Warn", nodes: { provider: "OCI", regions: ["us-ashburn-1"] } });
  for (const [name, level] of Object.entries(levels))
    await makeNamespace(cluster, name, { [zoneLabel]: warning, [podSecurityLabel]: level });
});
after(async () => {
  await transport.close();
  await cluster.close();
});

const refusedAsStale = async (write: Promise<unknown>): Promise<void> =>
  assert.rejects(write, (problem) => failedWith(problem, "conflict", "invalid"));

const us = known.zoneRecord(known.zone({ name: zone }), { finalizers: [zoneFinalizer] });
const parts = {
  events,
  policiesOf: () => ({ kind: "compiled", specs: [], missing: [] }) as const,
  registered: () => true,
};
const namespaceAs = (namespace: Parameters<typeof known.namespace>[1]) => {
  const world = known.world({ zones: [us], namespaces: [known.namespace("stale-1", { zone, ...namespace })] });
  return reconcileNamespace({ ...parts, transport, world, repaired: () => undefined })("stale-1", signal);
};
const nodeAs = (node: Parameters<typeof known.node>[1]) => {
  const world = known.world({ zones: [us], nodes: [known.node("stale-1", node)] });
  return reconcileNode({ transport, world, events, since: 0 })("stale-1", signal);
};

test("the label of a node's successor is not taken away (P7)", () =>
  refusedAsStale(
    nodeAs({ labels: { [nodeLabel(zone)]: "verified", "topology.kubernetes.io/region": "eu-frankfurt-1" } }),
  ));

test("what was decided of a node is not written on its successor (P7)", () => refusedAsStale(nodeAs({ labels: {} })));

test("a namespace made anew is not unsealed for what its predecessor was", () =>
  refusedAsStale(namespaceAs({ zone: "stale-nowhere", sealed: zone })));

test("a namespace made anew is not sealed for what its predecessor was", async () => {
  const record = projectZone(await must(cluster.admin.get(zoneRef(zone))));
  assert.ok(record);
  const live = (await storedPolicies(cluster, "stale-1")).flatMap((object) => projectPolicy(object) ?? []);
  const world = {
    ...known.world({ zones: [record], namespaces: [known.namespace("stale-1", { zone, sealed: undefined })] }),
    policiesIn: () => live,
  };
  const policiesOf = rememberPolicies();
  await refusedAsStale(
    reconcileNamespace({ ...parts, policiesOf, transport, world, repaired: () => undefined })("stale-1", signal),
  );
});

/** Seals a namespace of the zone that warns as a replica that last heard this of it. */
const sealAs = async (name: keyof typeof levels, heard: string): Promise<unknown> => {
  const { metadata } = await must(cluster.admin.get<KubeObject>(ref("v1", "Namespace", name)));
  const facts = { uid: metadata.uid ?? "", zone: heard, sealed: undefined, podSecurity: "baseline" };
  const record = known.zoneRecord(known.zone({ name: heard }), { finalizers: [zoneFinalizer] });
  const world = known.world({ zones: [record], namespaces: [known.namespace(name, facts)] });
  return reconcileNamespace({ ...parts, transport, world, repaired: () => undefined })(name, signal);
};

test("a namespace is not sealed whose Pod Security level was loosened since it was looked at (P18)", () =>
  refusedAsStale(sealAs("stale-privileged", warning)));

test("a namespace is not sealed for a zone that it left since it was looked at (P15)", () =>
  refusedAsStale(sealAs("stale-baseline", zone)));

test("one that is as it was looked at would be, if Domicile asked", () =>
  assert.rejects(sealAs("stale-baseline", warning), (problem) => failedWith(problem, "forbidden")));

test("a namespace made anew gets no label of its predecessor's", () =>
  refusedAsStale(namespaceAs({ sealed: zone, podSecurity: "privileged" })));

const untouched: Readonly<Record<string, Parameters<typeof known.world>[0]>> = {
  "a zone that is missing is not read as left": { namespaces: [known.namespace("stale-1", { zone, sealed: zone })] },
  "in a zone that warns nothing is written": {
    zones: [{ ...us, enforcement: "Warn" }],
    namespaces: [known.namespace("stale-1", { zone, sealed: undefined, podSecurity: undefined })],
  },
};
for (const [sentence, facts] of Object.entries(untouched))
  test(`${sentence}: no write is even tried`, async () => {
    const world = { ...known.world(facts), policiesIn: () => [] };
    const reconcile = reconcileNamespace({ ...parts, transport, world, repaired: () => undefined });
    assert.deepEqual(await reconcile("stale-1", signal), { kind: "settled" });
  });

test("a zone made anew keeps its finalizer", async () => {
  const world = known.world({ zones: [{ ...us, deleting: true }] });
  const reconcile = reconcileZone({
    transport,
    world,
    policiesOf: parts.policiesOf,
    nativeSync: () => undefined,
    countNodes,
    canary: () => undefined,
    pretended: () => Promise.resolve(),
    uncontained: () => [],
    widened: () => Promise.resolve(),
    exposed: () => [],
    led: () => Promise.resolve(),
    now: () => new Date(),
    counted: () => undefined,
  });
  await refusedAsStale(reconcile(zone, signal));
  const { metadata } = await must(cluster.admin.get<KubeObject>(zoneRef(zone)));
  assert.deepEqual(metadata["finalizers"], [zoneFinalizer]);
});

for (const kind of ["replace", "delete"] as const)
  test(`a policy made anew is not touched by a plan for its predecessor: ${kind}`, async () => {
    const at = "stale-outside";
    const theirs = policy("theirs", at);
    const spec = { podSelector: { matchLabels: { a: "b" } }, policyTypes: ["Egress"] };
    await must(cluster.admin.apply({ ...theirs, spec } as KubeObject, { fieldManager: "tests", force: true }));
    const [wanted] = stamp([{ ...isolation, name: "theirs" }], at, zone);
    assert.ok(wanted);
    const gone = { namespace: at, name: "theirs", uid: "gone", resourceVersion: "1" };
    await refusedAsStale(
      carryOut(transport, [kind === "replace" ? { kind, policy: wanted, ...gone } : { kind, ...gone }], signal),
    );
    assert.deepEqual((await must(cluster.admin.get<KubeObject>(theirs)))["spec"], spec);
  });
