import assert from "node:assert/strict";
import * as fc from "fast-check";
import { after, before, test } from "node:test";
import { bindingsPolicy } from "../../src/native/bindings.ts";
import { nativePolicies } from "../../src/native/compile.ts";
import type { NativeInput } from "../../src/native/input.ts";
import { bind } from "../../src/placement/bind.ts";
import type { Binding } from "../../src/api/kubernetes.ts";
import { must, type Client } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNodes } from "../cluster/nodes.ts";
import { ref } from "../cluster/objects.ts";
import { bindVia, doors, letBind, nodeOf, waitingPod, type Door } from "../e2e/binder.ts";
import * as known from "../unit/world.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";
import { labelsOf, removeNamespaces, type Namespaces } from "./stored-pods.ts";

const kubeScheduler = "system:kube-scheduler";
const namespaces: Namespaces = {
  "bind-sealed": ["us", "us"],
  "bind-others": ["others", "others"],
  "bind-unsealed": ["us"],
  "bind-moved": ["us", "eu"],
  "bind-gone": ["ghost", "ghost"],
  "bind-warned": ["warned", "warned"],
  "bind-outside": [],
};
const home = "bind-phoenix-1";
const at = { "topology.kubernetes.io/region": "phx", "topology.kubernetes.io/zone": "PHX-AD-1" };
const input: NativeInput = {
  zones: undefined,
  named: [],
  approvals: [],
  lenient: ["warned"],
  exclusive: [],
  gone: ["ghost"],
  schedulers: { others: ["o'neil", "batch"] },
  exempt: ["kube-system"],
  open: [],
  exposing: {},
};
const policies = nativePolicies(input, "domicile");

let cluster: Cluster;
let clients: Readonly<Record<string, Client>>;

const objects = policyObjects(policies);

before(async () => {
  cluster = await connect();
  const { admin } = cluster;
  await addNodes(cluster, [
    { name: home, region: "us-phoenix-1" },
    { name: "bind-london-1", region: "uk-london-1" },
  ]);
  clients = { admin };
  for (const user of [kubeScheduler, "o'neil", "jane"]) clients = { ...clients, [user]: await cluster.as({ user }) };
  for (const [name, zones] of Object.entries(namespaces)) {
    await must(admin.create(ref("v1", "Namespace", name)));
    await admin.until(ref("v1", "ServiceAccount", "default", name), () => true, {
      describe: `${name} has its service account`,
    });
    await waitingPod(cluster, name, "waits");
    await letBind(cluster, name, Object.keys(clients));
    // After the pod, so that no native policy of another file, that an API server still remembers, has a say.
    await must(admin.patch(ref("v1", "Namespace", name), { metadata: { labels: labelsOf(zones) } }));
  }
  for (const object of objects) await must(admin.create(object));
  for (const namespace of ["bind-sealed", "bind-others"])
    await untilStatus(403, () => tryBind("jane", "bindings", namespace, { target: { name: home } }));
});

after(async () => {
  const { admin } = cluster;
  for (const object of objects.toReversed()) await admin.delete(object);
  await untilStatus(201, () => tryBind("jane", "bindings", "bind-sealed", { target: { name: home } }));
  for (const name of [home, "bind-london-1"]) await admin.delete(ref("v1", "Node", name));
  await removeNamespaces(admin, namespaces);
  await cluster.close();
});

/** A Binding as a dry run: the API server judges it like any other. */
const tryBind = (user: string, door: Door, namespace: string, { metadata = {}, target = {} }: Binding) => {
  const client = clients[user];
  assert.ok(client);
  const { labels = {}, annotations = {} } = metadata;
  return bindVia(client, door, { namespace, name: "waits" }, { target, labels, annotations, dryRun: true });
};

const refused: Readonly<Record<string, readonly [user: string, namespace: string, Binding, RegExp]>> = {
  "an administrator, to a foreign node": [
    "admin",
    "bind-sealed",
    { target: { kind: "Node", name: "bind-london-1" } },
    /zone us: the binder is "admin"\. Only schedulers that the zone trusts bind its pods\. .*\(BinderNotTrusted\)$/,
  ],
  "an administrator, to a node of the zone": [
    "admin",
    "bind-sealed",
    { target: { kind: "Node", name: home } },
    /\(BinderNotTrusted\)$/,
  ],
  "who may create bindings": ["jane", "bind-sealed", { target: { name: home } }, /\(BinderNotTrusted\)$/],
  "another zone's scheduler": ["o'neil", "bind-sealed", { target: { name: home } }, /\(BinderNotTrusted\)$/],
  "Kubernetes' own scheduler where the zone names others": [
    kubeScheduler,
    "bind-others",
    { target: { name: home } },
    /zone others: the binder is "system:kube-scheduler".*\(BinderNotTrusted\)$/,
  ],
};

test("P2 natively only the zone's schedulers bind, through both doors (P4)", async () => {
  for (const [what, [user, namespace, binding, sentence]] of Object.entries(refused))
    for (const door of doors) {
      const { status, message } = await tryBind(user, door, namespace, binding);
      assert.equal(status, 403, `${what}, ${door}: ${message}`);
      assert.match(message, /'domicile-bindings'.* denied request: /);
      assert.match(message, sentence, `${what}, ${door}`);
    }
  for (const namespace of ["bind-warned", "bind-outside"])
    for (const door of doors) {
      const { status, message } = await tryBind("jane", door, namespace, { target: { name: home } });
      assert.equal(status, 201, message);
    }
  for (const door of doors) {
    const { status, message } = await tryBind("o'neil", door, "bind-others", { target: { name: home } });
    assert.equal(status, 201, message);
  }
});

test("P3 a region is refused wherever the API server does not write the node's own over it", async () => {
  const abroad = { "topology.kubernetes.io/region": "uk-london-1" };
  const said = /metadata\.labels\[topology\.kubernetes\.io\/region\] is "uk-london-1".*\(BindingLabel\)$/;
  for (const door of doors)
    for (const target of [{ name: home }, { kind: "Node", name: home }]) {
      const { status, message } = await tryBind(kubeScheduler, door, "bind-sealed", {
        target,
        metadata: { labels: abroad },
      });
      const written = door === "pods/binding" && "kind" in target;
      assert.equal(status, written ? 201 : 403, `${door}, ${JSON.stringify(target)}: ${message}`);
      if (!written) assert.match(message, said);
    }
});

const keys = fc.constantFrom(...Object.keys(at), "domicile.dev/zone", "app", "failure-domain.beta.kubernetes.io/zone");
const marks = fc.constantFrom(
  "domicile.dev/digest",
  "x.domicile.dev/y",
  "notdomicile.dev/y",
  "kubernetes.io/config.mirror",
  "container.apparmor.security.beta.kubernetes.io/main",
  "a.k8s.io/b",
  "k8s.v1.cni.cncf.io/networks",
  "scheduler.example.com/gpu",
  "plain",
);
const sorted = (entries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
const labels = fc
  .uniqueArray(keys, { maxLength: 3 })
  .map((chosen) =>
    sorted(chosen.map((key) => [key, key in at ? (Object.entries(at).find(([k]) => k === key)?.[1] ?? "") : "x"])),
  );
const annotations = fc.uniqueArray(marks, { maxLength: 2 }).map((chosen) => sorted(chosen.map((key) => [key, "x"])));

test("P3 native policy and webhook say the same, in the same words, of what a trusted scheduler sends to a verified node", async () => {
  const world = known.world({
    zones: [
      known.zoneRecord(known.zone({ regions: [known.region("us-phoenix-1")] })),
      known.zoneRecord(known.zone({ name: "eu" })),
    ],
    namespaces: Object.entries(namespaces).map(([name, [zone, sealed]]) => known.namespace(name, { zone, sealed })),
    nodes: [
      known.node(home, {
        providerID: undefined,
        labels: { ...at, "domicile.dev.node-restriction.kubernetes.io/us": "verified" },
      }),
    ].map((node) => ({ ...node, providerID: "ocid1.instance.oc1.phx.anuwcljtbind" })),
  });
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...doors),
      fc.constantFrom("bind-sealed", "bind-sealed", "bind-unsealed", "bind-moved", "bind-gone"),
      fc.constantFrom("Node", ""),
      labels,
      annotations,
      async (door, namespace, kind, sentLabels, sentAnnotations) => {
        const target = { kind, name: home };
        const { ok, message } = await tryBind(kubeScheduler, door, namespace, {
          target,
          metadata: { labels: sentLabels, annotations: sentAnnotations },
        });
        const native = ok ? undefined : (/ denied request: (.*)$/s.exec(message)?.[1] ?? message);
        const placement = bind(
          world,
          { target, metadata: { labels: sentLabels, annotations: sentAnnotations } },
          { namespace, seen: { zone: undefined } },
        );
        const webhook = placement.kind === "refused" ? placement.message : undefined;
        allowed += ok ? 1 : 0;
        // Where the API server does not write them, native policy cannot tell whether region and zone are the node's.
        const written = door === "pods/binding" && kind === "Node";
        if (!written && native !== webhook && native?.endsWith("(BindingLabel)") === true)
          return assert.match(native, /metadata\.labels\[topology\.kubernetes\.io\/(region|zone)\]/);
        return assert.equal(native, webhook);
      },
    ),
    { numRuns: 150 },
  );
  assert.ok(allowed > 0);
  assert.equal(await nodeOf(cluster, "bind-sealed", "waits"), undefined);
});

test("a hundred zones that trust sixteen schedulers of the longest names are a policy that the API server takes (O2)", async () => {
  const users = Array.from({ length: 16 }, (_, at) => `s${at}-`.padEnd(339, "s"));
  const zones = Array.from({ length: 100 }, (_, at) => `z${at}-`.padEnd(63, "z"));
  const { spec } = bindingsPolicy({ ...input, schedulers: Object.fromEntries(zones.map((zone) => [zone, users])) });
  // As a dry run: the others of this file go on being judged by theirs.
  for (const object of policyObjects([{ name: "bind-large", spec }]))
    await must(cluster.admin.create(object, { dryRun: true }));
  // A request of etcd's holds 1,572,864 bytes.
  assert.ok(JSON.stringify(spec).length < 1_400_000);
});
