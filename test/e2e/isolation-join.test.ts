import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, makeNamespace, untilLetIn, untilSealed, untilZone, home } from "./domicile.ts";
import { beginHistory, isOf } from "./history.ts";
import { policiesPath, storedPolicies } from "./policies.ts";
import {
  applyCluster,
  clusterRef,
  deploymentOf,
  namespaceOf,
  podOf,
  relabel,
  untilCondition,
  untilEvent,
} from "./resources.ts";

const zone = "join";
const region = "eu-frankfurt-1";
const nodes = { provider: "OCI", regions: [region] };
const joined = { "domicile.dev/zone": zone };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes });
  await addNode(cluster, { name: "join-1", region });
  await untilZone(cluster, zone, "NodesVerified", "True");
});
after(() => cluster.close());

test("P12 isolation stands before the first pod is stored, and what comes earlier is refused", async (t) => {
  const { admin } = cluster;
  const at = "join-order";
  const history = await beginHistory(t, cluster, [
    "/api/v1/namespaces",
    `/api/v1/namespaces/${at}/pods`,
    policiesPath(at),
  ]);
  await makeNamespace(cluster, at, joined);
  await must(admin.create(deploymentOf("web", at, 3)));
  const refusals: string[] = [];
  const attempt = async (): Promise<boolean> => {
    const { ok, status, message } = await admin.create(podOf(`bare-${refusals.length}`, at));
    if (ok) return true;
    assert.equal(status, 403, message);
    refusals.push(message);
    return false;
  };
  await askUntil(attempt, (letIn) => letIn, { describe: `a pod of ${at} is let in` });
  for (const message of refusals)
    assert.match(
      message,
      /namespace join-order(: its label domicile\.dev\/zone is not seen yet| is not sealed)\. .*\(NamespaceNotSealed\)/,
    );
  await admin.until(ref("apps/v1", "Deployment", "web", at), (now) => field(now, "status.readyReplicas") === 3, {
    describe: "every replica of web runs",
  });

  const isolated = await history.until(isOf("ADDED", "NetworkPolicy", "domicile-isolate"), "isolation is written");
  const allowed = await history.until(isOf("ADDED", "NetworkPolicy", "domicile-allow"), "what is allowed is written");
  const sealed = await history.until(
    ({ object }) => object.metadata.name === at && object.metadata.labels?.["domicile.dev/sealed"] === zone,
    "the namespace is sealed",
  );
  const first = await history.until(isOf("ADDED", "Pod"), "a pod is stored");
  const order = [isolated, allowed, sealed, first].map(({ revision }) => revision);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

const invalid = {
  spec: { region: "us-gotham-1", networks: [{ name: "gateway", cidrs: ["45.1.0.0/24"], ports: [{ port: 443 }] }] },
};

test("a zone that cannot be compiled seals nothing and admits nothing, until it can", async () => {
  await must(cluster.admin.create({ ...clusterRef("join-later"), ...invalid }));
  await applyZone(cluster, "join-unknown", { nodes, egress: { clusters: [{ name: "join-later" }] } });
  await makeNamespace(cluster, "join-blocked", { "domicile.dev/zone": "join-unknown" });
  await untilCondition(cluster, "join-unknown", "Isolated", {
    status: "False",
    reason: "Isolating",
    message: /Not sealed: join-blocked\./,
  });
  await untilCondition(cluster, "join-unknown", "ResolvedRefs", {
    status: "False",
    reason: "ClusterNotAccepted",
    message: /RemoteCluster join-later is not valid: spec\.region: "us-gotham-1" is not the identifier of a region/,
  });
  const early = await cluster.admin.create(podOf("early", "join-blocked"));
  assert.equal(early.status, 403);
  assert.match(early.message, /zone join-unknown: namespace join-blocked is not sealed\. .*\(NamespaceNotSealed\)/);
  assert.deepEqual(await storedPolicies(cluster, "join-blocked"), []);

  await applyCluster(cluster, "join-later", ["45.1.0.0/24"]);
  await untilSealed(cluster, "join-blocked", "join-unknown");
  await untilLetIn(cluster, "join-blocked");
  await must(cluster.admin.create(podOf("late", "join-blocked")));
});

const levels: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
  "a namespace without a Pod Security level gets baseline": [{}, "baseline"],
  "a namespace that is restricted stays so": [{ "pod-security.kubernetes.io/enforce": "restricted" }, "restricted"],
  "a namespace that is privileged becomes baseline": [
    { "pod-security.kubernetes.io/enforce": "privileged" },
    "baseline",
  ],
};

for (const [index, [sentence, [labels, level]]] of Object.entries(levels).entries())
  test(sentence, async () => {
    const at = `join-level-${index}`;
    await must(cluster.admin.create(namespaceOf(at, { ...joined, ...labels })));
    await untilSealed(cluster, at, zone);
    const { metadata } = await must(cluster.admin.get(ref("v1", "Namespace", at)));
    assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], level);
  });

for (const [what, value] of [
  ["loosened", "privileged"],
  ["taken away", null],
] as const)
  test(`a Pod Security level that is ${what} later is refused, and put back where that was got round`, async () => {
    const at = `join-loosened-${value ?? "none"}`;
    await joinZone(cluster, at, zone);
    const level = { metadata: { labels: { "pod-security.kubernetes.io/enforce": value } } };
    const { status, message } = await cluster.admin.patch(ref("v1", "Namespace", at), level);
    assert.equal(status, 403, message);
    assert.match(message, /may not be looser than baseline while the namespace is isolated for zone join/);
    // Native policy lets only Domicile's own account through: here it stands for whoever got hold of it.
    const thief = await cluster.asServiceAccount(home, "domicile");
    await must(thief.patch(ref("v1", "Namespace", at), level));
    await cluster.admin.until<KubeObject>(
      ref("v1", "Namespace", at),
      ({ metadata }) => metadata.labels?.["pod-security.kubernetes.io/enforce"] === "baseline",
      { describe: `namespace ${at} is at baseline again` },
    );
    await relabel(cluster.admin, at, { "pod-security.kubernetes.io/enforce": "restricted" });
  });

test("P12 pods that wait without the selector hold up sealing, the condition counts them, deleting them seals", async () => {
  const at = "join-loose";
  const { admin } = cluster;
  await must(admin.create(namespaceOf(at)));
  for (const name of ["loose-1", "loose-2"])
    await must(admin.create(podOf(name, at, { nodeSelector: { nowhere: "at-all" } })));
  await relabel(admin, at, joined);
  await untilCondition(cluster, zone, "Isolated", {
    status: "False",
    message: /join-loose \(2 waiting pods lack the selector: delete them\)/,
  });
  for (const name of ["loose-1", "loose-2"])
    await must(admin.delete(ref("v1", "Pod", name, at), { gracePeriodSeconds: 0 }));
  await untilSealed(cluster, at, zone);
  assert.match(
    await untilEvent(cluster, at, "NamespaceSealed"),
    /The zone's isolation stands; pods may start\. Zone join\./,
  );
});

test("P12 a pod that already runs elsewhere does not hold up sealing, and is counted out of place", async () => {
  const at = "join-abroad";
  const { admin } = cluster;
  await addNode(cluster, {
    name: "join-elsewhere",
    region: "uk-london-1",
    labels: { "test/only": "join" },
    taints: [{ key: "join", effect: "NoSchedule" }],
  });
  await must(admin.create(namespaceOf(at)));
  await must(
    admin.create(
      podOf("abroad", at, {
        nodeSelector: { "test/only": "join" },
        tolerations: [{ key: "join", operator: "Exists" }],
      }),
    ),
  );
  await admin.until(ref("v1", "Pod", "abroad", at), (pod) => condition(pod, "Ready") === "True", {
    describe: "the pod runs abroad",
  });
  await relabel(admin, at, joined);
  await untilSealed(cluster, at, zone);
  await untilCondition(cluster, zone, "PodsInPlace", {
    status: "False",
    reason: "PodsOutOfPlace",
    message: /1, among them join-abroad\/abroad on join-elsewhere\./,
  });
});

for (const name of ["kube-public", "domicile-system", "kube-flannel"])
  test(`O4 namespace ${name} can never join`, async () => {
    const { admin } = cluster;
    const labelled =
      name === "kube-flannel"
        ? await admin.create(namespaceOf(name, joined))
        : await admin.patch(ref("v1", "Namespace", name), { metadata: { labels: joined } });
    assert.equal(labelled.status, 403, labelled.message);
    assert.match(
      labelled.message,
      /can never join a zone.* Remove its domicile\.dev\/zone label\. \(SystemNamespace\)/,
    );
  });
