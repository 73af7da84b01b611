import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNodes } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";

const zone = "chicago";
const namespace = "pods-chicago";
const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-chicago-1"] } });
  await addNodes(cluster, [
    { name: "pods-chicago-1", region: "us-chicago-1" },
    { name: "pods-london-1", region: "uk-london-1" },
  ]);
  await joinZone(cluster, namespace, zone);
});
after(() => cluster.close());

const pod = (name: string, spec: object = {}, metadata: object = {}): KubeObject => ({
  ...ref("v1", "Pod", name, namespace),
  metadata: { name, namespace, ...metadata },
  spec: { containers: [{ name: "main", image: "example/app" }], ...spec },
});
const running = (name: string): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(pod(name), (now) => field(now, "status.phase") === "Running", {
    describe: `pod ${name} runs`,
  });

test("a bare pod is pinned and runs on a verified node", async () => {
  const created = await must(cluster.admin.create<KubeObject>(pod("bare")));
  assert.deepEqual(field(created, "spec.nodeSelector"), { [label]: "verified" });
  assert.equal(field(await running("bare"), "spec.nodeName"), "pods-chicago-1");
});

test("everything else in the pod is as it was sent", async () => {
  const spec = {
    nodeSelector: { disk: "ssd" },
    tolerations: [{ key: "a.example/b_c", operator: "Exists" }],
    containers: [{ name: "main", image: "example/app", env: [{ name: "__proto__", value: "kept" }] }],
  };
  const created = await must(
    cluster.admin.create(pod("kept", spec, { annotations: { "x.example/y_z": "ä\u2028" } }), { dryRun: true }),
  );
  assert.deepEqual(field(created, "spec.nodeSelector"), { disk: "ssd", [label]: "verified" });
  assert.equal(created.metadata.annotations?.["x.example/y_z"], "ä\u2028");
  assert.deepEqual(field(created, "spec.containers.0.env"), [{ name: "__proto__", value: "kept" }]);
});

test("generateName and dry-run are judged like any other (P17)", async () => {
  const generated = { ...pod("x"), metadata: { generateName: "gen-", namespace } } as KubeObject;
  const created = await must(cluster.admin.create(generated, { dryRun: true }));
  assert.deepEqual(field(created, "spec.nodeSelector"), { [label]: "verified" });
});

const required = (...terms: readonly object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const london = {
  matchExpressions: [{ key: "topology.kubernetes.io/region", operator: "In", values: ["uk-london-1"] }],
};

const refused: Readonly<Record<string, readonly [KubeObject, RegExp]>> = {
  "a foreign node by name (P1)": [
    pod("p1", { nodeName: "pods-london-1" }),
    /zone chicago: spec\.nodeName is "pods-london-1"\. .*Remove spec\.nodeName.*\(NodeNameSet\)/,
  ],
  "a verified node by name (P1)": [
    pod("p1b", { nodeName: "pods-chicago-1", nodeSelector: { [label]: "verified" } }),
    /\(NodeNameSet\)/,
  ],
  "a node that does not exist by name (P1)": [pod("p1c", { nodeName: "nowhere" }), /\(NodeNameSet\)/],
  "a forged mirror annotation (P6)": [
    pod("p6", { nodeName: "pods-london-1" }, { annotations: { "kubernetes.io/config.mirror": "abc" } }),
    /\(NodeNameSet\)/,
  ],
  "our key with another value": [pod("key", { nodeSelector: { [label]: "no" } }), /\(NodeSelectorOutsideZone\)/],
  "another zone's key (P21)": [
    pod("p21", { nodeSelector: { [label]: "verified", "domicile.dev.node-restriction.kubernetes.io/eu": "verified" } }),
    /\(NodeSelectorOutsideZone\)/,
  ],
  "a selector for another region": [
    pod("region", { nodeSelector: { "topology.kubernetes.io/region": "uk-london-1" } }),
    /spec\.nodeSelector\[topology\.kubernetes\.io\/region\] is "uk-london-1"/,
  ],
  "affinity whose every term lies abroad (P9)": [pod("p9", required(london)), /\(NodeAffinityOutsideZone\)/],
  "an additional network (P18)": [
    pod(
      "p18",
      { nodeSelector: { [label]: "verified" } },
      { annotations: { "k8s.v1.cni.cncf.io/networks": "macvlan" } },
    ),
    /\(NetworkAttachment\)/,
  ],
  "the host's network, by Pod Security at baseline (P18)": [
    pod("host", { hostNetwork: true }),
    /violates PodSecurity "baseline/,
  ],
  "a privileged container, by Pod Security at baseline (P18)": [
    pod("priv", { containers: [{ name: "main", image: "i", securityContext: { privileged: true } }] }),
    /violates PodSecurity "baseline/,
  ],
};

for (const [what, [object, sentence]] of Object.entries(refused))
  test(`refused: ${what}`, async () => {
    const { status, message } = await cluster.admin.create(object);
    assert.equal(status, 403, message);
    assert.match(message, sentence);
  });

test("affinity with one term at home is pinned by AND, and runs at home (P9)", async () => {
  const home = {
    matchExpressions: [{ key: "topology.kubernetes.io/region", operator: "In", values: ["us-chicago-1"] }],
  };
  await must(cluster.admin.create(pod("or", required(london, home))));
  assert.equal(field(await running("or"), "spec.nodeName"), "pods-chicago-1");
});

test("an ephemeral container changes nothing (P16)", async () => {
  await must(cluster.admin.create(pod("debugged")));
  const before = await running("debugged");
  const debug = { spec: { ephemeralContainers: [{ name: "debug", image: "example/debug" }] } };
  const after = await must(
    cluster.admin.patch<KubeObject>(pod("debugged"), debug, { type: "strategic", subresource: "ephemeralcontainers" }),
  );
  assert.deepEqual(field(after, "spec.nodeSelector"), field(before, "spec.nodeSelector"));
});

test("labels, annotations and status of a running pod can be changed (P17)", async () => {
  await must(cluster.admin.create(pod("changed")));
  await running("changed");
  await must(cluster.admin.patch(pod("changed"), { metadata: { labels: { tier: "gold" } } }));
  const message = { status: { message: "seen" } };
  await must(cluster.admin.patch(pod("changed"), message, { subresource: "status" }));
  await must(cluster.admin.delete(pod("changed"), { gracePeriodSeconds: 0 }));
});

test("a gated pod from before the zone holds up sealing, and lifting its gate is refused (P16)", async () => {
  const early = "pods-early";
  await must(cluster.admin.create(ref("v1", "Namespace", early)));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", early), () => true, {
    describe: `${early} has its service account`,
  });
  const gated = {
    ...pod("gated", { schedulingGates: [{ name: "example.com/wait" }] }),
    metadata: { name: "gated", namespace: early },
  };
  await must(cluster.admin.create(gated));
  await must(
    cluster.admin.patch(ref("v1", "Namespace", early), { metadata: { labels: { "domicile.dev/zone": zone } } }),
  );
  await cluster.admin.until<KubeObject>(
    ref("domicile.dev/v1alpha1", "ResidencyZone", zone),
    (now) => JSON.stringify(field(now, "status.conditions")).includes(`${early} (1 waiting pods lack the selector`),
    { describe: "the zone names the namespace and the pod that hinder sealing" },
  );
  const lifted = await cluster.admin.patch<KubeObject>(
    ref("v1", "Pod", "gated", early),
    [{ op: "remove", path: "/spec/schedulingGates" }],
    { type: "json" },
  );
  assert.equal(lifted.status, 403, lifted.message);
  assert.match(lifted.message, /\(NamespaceNotSealed\)/);
  await must(cluster.admin.delete(ref("v1", "Pod", "gated", early), { gracePeriodSeconds: 0 }));
  await untilSealed(cluster, early, zone);
});

test("a pod outside every zone is not touched", async () => {
  await must(cluster.admin.create(ref("v1", "Namespace", "pods-outside")));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", "pods-outside"), () => true, {
    describe: "its service account is there",
  });
  const outside = {
    ...pod("free", { nodeName: "pods-london-1" }),
    metadata: { name: "free", namespace: "pods-outside" },
  };
  const created = await must(cluster.admin.create<KubeObject>(outside));
  assert.equal(field(created, "spec.nodeSelector"), undefined);
});

test("O2 a zone whose finalizer is lifted goes, and its namespace gets no pods", async () => {
  const ghost = ref("domicile.dev/v1alpha1", "ResidencyZone", "pods-ghost");
  await applyZone(cluster, "pods-ghost", { nodes: { provider: "OCI", regions: ["us-chicago-1"] } });
  await joinZone(cluster, "pods-ghost", "pods-ghost");
  await must(cluster.admin.delete(ghost));
  await must(cluster.admin.patch(ghost, { metadata: { finalizers: null } }));
  await cluster.admin.untilGone(ghost, { describe: "the zone is gone" });
  const bare = { ...pod("x"), metadata: { name: "x", namespace: "pods-ghost" } } as KubeObject;
  const { message } = await askUntil(
    () => cluster.admin.create(bare, { dryRun: true }),
    (answer) => answer.status === 403 && answer.message.includes("(ZoneNotFound)"),
    { describe: "every pod of the namespace is refused" },
  );
  assert.match(message, /labelled domicile\.dev\/zone=pods-ghost.*Create the ResidencyZone.*\(ZoneNotFound\)/);
});
