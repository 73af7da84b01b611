import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { testChart } from "../cluster/helm.ts";
import { addNode } from "../cluster/nodes.ts";
import { installCrds } from "../cluster/crds.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { bindVia, doors } from "../e2e/binder.ts";
import { home, installDomicile, release, untilLetIn } from "../e2e/domicile.ts";
import { policiesPath, policy, readSpecs, untilSpecsAre } from "../e2e/policies.ts";
import { deploymentOf, podOf } from "../e2e/resources.ts";
import { untilStatus } from "../native/guards.ts";
import {
  closeStage,
  furnish,
  inside,
  nodeLabel,
  openStage,
  outside,
  scaleTo,
  untilReady,
  type Stage,
} from "./stage.ts";

const nodeLabelOf = (zone: string): string => `domicile.dev.node-restriction.kubernetes.io/${zone}`;
let stage: Stage;
let good: Readonly<Record<string, unknown>>;

before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  await installDomicile(cluster);
  await furnish(stage);
  await addNode(cluster, { name: "phoenix-2", region: "us-phoenix-1" });
  await addNode(cluster, { name: "frankfurt-1", region: "eu-frankfurt-1" });
  await cluster.admin.until<KubeObject>(
    ref("v1", "Node", "phoenix-2"),
    ({ metadata }) => metadata.labels?.[nodeLabel] === "verified",
    { describe: "phoenix-2 is verified" },
  );
  await must(cluster.admin.create(deploymentOf("web", inside, 3)));
  await untilReady(cluster, "web", inside, 3);
  good = await readSpecs(cluster, inside);
  await scaleTo(cluster, 0);
});
after(() => closeStage(stage, "phoenix-2", "frankfurt-1"));

const podsInside = async (): Promise<readonly KubeObject[]> => {
  const kind = { apiVersion: "v1", kind: "Pod" };
  return (await must(stage.cluster.admin.list<KubeObject>(kind, { namespace: inside }))).items;
};
const nodesOf = async (): Promise<readonly string[]> =>
  [...new Set((await podsInside()).map((pod) => String(field(pod, "spec.nodeName"))))].toSorted();

test("O3 with every replica gone a Deployment of the zone scales from 3 to 30, on verified nodes only", async () => {
  const { cluster } = stage;
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "web", inside), { spec: { replicas: 30 } }));
  await untilReady(cluster, "web", inside, 30);
  assert.deepEqual(await nodesOf(), ["phoenix-1", "phoenix-2"]);
  for (const pod of await podsInside()) assert.deepEqual(field(pod, "spec.nodeSelector"), { [nodeLabel]: "verified" });
});

test("O3 with every replica gone a node dies, and its pods come back on the verified node that is left", async () => {
  const { cluster } = stage;
  // What is said of a node that was shut down: its pods go at once, and not after the minutes that a silent one has.
  const taint = { key: "node.kubernetes.io/out-of-service", value: "nodeshutdown", effect: "NoExecute" };
  await must(cluster.admin.patch(ref("v1", "Node", "phoenix-2"), { spec: { taints: [taint] } }));
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Pod" },
    (pods) =>
      pods.length === 30 &&
      pods.every((pod) => field(pod, "spec.nodeName") === "phoenix-1" && condition(pod, "Ready") === "True"),
    { namespace: inside, describe: "all thirty are ready on phoenix-1" },
  );
});

test("P1 with every replica gone a pod or a binding that names a foreign node is refused", async () => {
  const { admin } = stage.cluster;
  const named = await admin.create(
    podOf("named", inside, { nodeName: "frankfurt-1", nodeSelector: { [nodeLabel]: "verified" } }),
  );
  assert.equal(named.ok, false);
  const [pod] = await podsInside();
  const bound = await admin.create(
    {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name: pod?.metadata.name ?? "", namespace: inside },
      target: { apiVersion: "v1", kind: "Node", name: "frankfurt-1" },
    } as KubeObject,
    { subresource: "binding" },
  );
  assert.equal(bound.ok, false);
});

test("with every replica gone helm test fails and says why", async () => {
  const { cluster } = stage;
  const { code, stdout, stderr } = await testChart(cluster, { release, namespace: home });
  assert.notEqual(code, 0, stdout);
  const why = stage.home.logs({ name: "domicile-test", namespace: home });
  assert.match(why, /Domicile did not answer the API server, which said: .*failed calling webhook/, stderr);
  // The pod is kept for its log, and what it needed is not.
  await must(cluster.admin.delete(ref("v1", "Pod", "domicile-test", home)));
  await cluster.admin.untilGone(ref("v1", "Namespace", "domicile-test"), { describe: "its namespace is gone" });
});

test("P2 with every replica gone the zone's scheduler goes on binding pinned pods, and nobody else binds any", async () => {
  const { cluster } = stage;
  await must(
    cluster.admin.create(
      podOf("waits", inside, { schedulerName: "nobody", nodeSelector: { [nodeLabel]: "verified" } }),
    ),
  );
  const pod = { namespace: inside, name: "waits" };
  const target = { kind: "Node", name: "phoenix-1" };
  const scheduler = await cluster.as({ user: "system:kube-scheduler" });
  for (const door of doors) {
    const stranger = await bindVia(cluster.admin, door, pod, { target });
    assert.equal(stranger.status, 403, stranger.message);
    assert.match(stranger.message, /\(BinderNotTrusted\)/);
    const judged = await bindVia(scheduler, door, pod, { target, annotations: { "example.com/gpu": "0" } });
    assert.match(judged.message, /failed calling webhook "us\.zone\.bindings\.domicile\.dev"/);
  }
  const { status, message } = await bindVia(scheduler, "pods/binding", pod, { target });
  assert.equal(status, 201, message);
});

test("O3 with every replica gone a pod that nobody pinned is refused in the zone", async () => {
  const { ok, message } = await stage.cluster.admin.create(podOf("bare", inside));
  assert.ok(!ok);
  assert.match(message, /failed calling webhook "us\.zone\.pods\.domicile\.dev"/);
});

test("O3 with every replica gone policies without namespaces are written as ever, and of other kinds none into the zone", async () => {
  const { cluster } = stage;
  await installCrds(cluster, ["clusternetworkpolicies.policy.networking.k8s.io", "ciliumnetworkpolicies.cilium.io"]);
  const everywhere = (egress: readonly object[]): Manifest => ({
    ...ref("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", "theirs"),
    spec: { tier: "Admin", priority: 7, subject: { namespaces: {} }, egress },
  });
  const cilium = (namespace: string): Manifest => ({
    ...ref("cilium.io/v2", "CiliumNetworkPolicy", "theirs", namespace),
    spec: { endpointSelector: {}, egress: [{ toEntities: ["world"] }] },
  });
  await must(cluster.admin.create(everywhere([{ action: "Accept", to: [{ networks: ["0.0.0.0/0"] }] }])));
  await must(cluster.admin.delete(everywhere([])));
  await must(cluster.admin.create(cilium(outside), { dryRun: true }));
  const { ok, message } = await cluster.admin.create(cilium(inside), { dryRun: true });
  assert.ok(!ok);
  assert.match(message, /failed calling webhook "policies\.domicile\.dev"/);
});

test("O3 with every replica gone pods and Deployments outside zones are none of its business", async () => {
  const { cluster } = stage;
  await must(cluster.admin.create(podOf("bare", outside)));
  await must(cluster.admin.create(deploymentOf("free", outside, 2)));
  await cluster.admin.untilList<KubeObject>({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.length === 2, {
    namespace: outside,
    labelSelector: "app=free",
    describe: "the Deployment makes its pods",
  });
});

test("O1 with every replica gone native policy still guards policies, node labels and the sealed label", async () => {
  const { admin } = stage.cluster;
  const answers = [
    await admin.patch(policy("domicile-isolate", inside), { spec: { egress: [{}] } }),
    await admin.delete(policy("domicile-allow", inside)),
    await admin.send({ method: "DELETE", path: policiesPath(inside) }),
    await admin.patch(ref("v1", "Node", "phoenix-1"), { metadata: { labels: { [nodeLabel]: null } } }),
    await admin.patch(ref("v1", "Namespace", outside), { metadata: { labels: { "domicile.dev/sealed": "us" } } }),
  ];
  for (const { status, message } of answers) {
    assert.equal(status, 403, message);
    assert.match(message, /only by Domicile \(system:serviceaccount:domicile-system:domicile\)/);
  }
  assert.deepEqual(await readSpecs(stage.cluster, inside), good);
});

test("P13 with every replica and both webhook configurations gone native policy refuses a pod that nobody pinned, and a node by name", async () => {
  const { admin } = stage.cluster;
  for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
    await must(admin.delete(ref("admissionregistration.k8s.io/v1", kind, "domicile")));
  // The API server may call the webhooks for a moment more, and nobody answers: 500.
  await untilStatus(403, () => admin.create(podOf("bare", inside)));
  const pinned = { nodeSelector: { [nodeLabel]: "verified" } };
  const refused: Readonly<Record<string, object>> = {
    SelectorMissing: {},
    NodeNameSet: { ...pinned, nodeName: "phoenix-1" },
    NodeSelectorOutsideZone: { nodeSelector: { ...pinned.nodeSelector, [nodeLabelOf("eu")]: "verified" } },
  };
  for (const [reason, spec] of Object.entries(refused)) {
    const { status, message } = await admin.create(podOf("bare", inside, spec));
    assert.equal(status, 403, message);
    assert.match(message, new RegExp(`'domicile-pods'.* denied request: zone us: spec\\.node.*\\(${reason}\\)$`));
  }
  await must(admin.create(podOf("pinned", inside, pinned)));
  await must(admin.patch(ref("apps/v1", "Deployment", "web", inside), { spec: { replicas: 4 } }));
  await untilReady(stage.cluster, "web", inside, 4);
});

test("O3 when the replicas are back, what was edited behind their back is put back, and pods are pinned again", async () => {
  const { cluster } = stage;
  const thief = await cluster.asServiceAccount("domicile-system", "domicile");
  await must(thief.patch(policy("domicile-isolate", inside), { spec: { egress: [{}] } }));
  await must(thief.delete(policy("domicile-allow", inside)));
  await scaleTo(cluster, 2);
  await untilSpecsAre(cluster, inside, good);
  // Replicas are ready a moment before API servers and routers know them by their Service.
  await untilLetIn(cluster, inside);
  const pod = await must(cluster.admin.create(podOf("bare", inside)));
  assert.deepEqual(pod.spec?.["nodeSelector"], { [nodeLabel]: "verified" });
});
