import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { untilStatus } from "../native/guards.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";
import { beginHistory, isOf } from "./history.ts";
import {
  allowing,
  isolating,
  opens,
  policiesPath,
  policy,
  readSpecs,
  storedPolicies,
  untilSpecsAre,
} from "./policies.ts";
import { applyCluster, podOf, relabel, untilCondition, untilEvent, zoneRef } from "./resources.ts";

const nodes = { provider: "OCI", regions: ["ap-singapore-1"] };
const left = { "domicile.dev/zone": null };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyCluster(cluster, "leave-b-friend", ["45.7.0.0/24"]);
  await applyZone(cluster, "leave-a", { nodes });
  await applyZone(cluster, "leave-b", { nodes, egress: { clusters: [{ name: "leave-b-friend" }] } });
});
after(() => cluster.close());

const namespace = (name: string) => ref("v1", "Namespace", name);

/** Takes the label away as soon as Domicile has heard that the namespace is empty. */
const untilLetGo = async (name: string): Promise<void> => {
  const { ok, message } = await askUntil(
    () => cluster.admin.patch(namespace(name), { metadata: { labels: left } }),
    (answer) => answer.ok || !answer.message.includes("(NamespaceHoldsData)"),
    { describe: `${name} is let go` },
  );
  assert.ok(ok, message);
};

test("a namespace that leaves is unsealed first, then loses what allows, and isolation last", async (t) => {
  const at = "leave-order";
  await joinZone(cluster, at, "leave-a");
  const own = await must(cluster.admin.create({ ...policy("web", at), spec: { podSelector: {} } }));
  const history = await beginHistory(t, cluster, ["/api/v1/namespaces", policiesPath(at)]);
  await relabel(cluster.admin, at, left);

  const last = await history.until(isOf("DELETED", "NetworkPolicy", "domicile-isolate"), "isolation is gone");
  const allowed = await history.until(isOf("DELETED", "NetworkPolicy", "domicile-allow"), "what allowed is gone");
  const unsealed = await history.until(
    ({ object }) => object.metadata.name === at && object.metadata.labels?.["domicile.dev/sealed"] === undefined,
    "the namespace is unsealed",
  );
  assert.ok(unsealed.revision < allowed.revision && allowed.revision < last.revision);
  assert.match(
    await untilEvent(cluster, at, "NamespaceReleased"),
    /The namespace left its zone; its policies were removed\./,
  );
  const [stays, ...more] = await storedPolicies(cluster, at);
  assert.deepEqual(stays?.metadata, own.metadata);
  assert.deepEqual(more, []);
  await must(cluster.admin.create(podOf("free", at)));
});

test("a namespace that moves is unsealed before the other zone's policies come, and isolated all the time", async (t) => {
  const at = "leave-moves";
  await joinZone(cluster, at, "leave-a");
  const history = await beginHistory(t, cluster, ["/api/v1/namespaces", policiesPath(at)]);
  await relabel(cluster.admin, at, { "domicile.dev/zone": "leave-b" });
  await untilSealed(cluster, at, "leave-b");
  assert.deepEqual(await readSpecs(cluster, at), {
    "domicile-isolate": isolating,
    "domicile-allow": allowing("leave-b", opens(["45.7.0.0/24"], [{ protocol: "TCP", port: 443 }])),
  });
  const unsealed = await history.until(
    ({ object }) => object.metadata.name === at && object.metadata.labels?.["domicile.dev/sealed"] === undefined,
    "the namespace is unsealed",
  );
  const written = history.changes().find(({ object }) => object.kind === "NetworkPolicy");
  assert.ok(written !== undefined && unsealed.revision < written.revision);
  assert.ok(!history.changes().some(isOf("DELETED", "NetworkPolicy")));
  for (const { object } of history.changes().filter(({ object: { metadata } }) => metadata.name === "domicile-isolate"))
    assert.deepEqual(object.spec, isolating);
});

test("a namespace that moves to a zone which cannot be compiled is closed to pods and keeps its policies", async () => {
  const at = "leave-stuck";
  await applyCluster(cluster, "leave-nobody", ["45.7.1.0/24"]);
  const nowhere = { spec: { region: "us-gotham-1" } };
  await must(cluster.admin.patch(ref("domicile.dev/v1alpha1", "RemoteCluster", "leave-nobody"), nowhere));
  await applyZone(cluster, "leave-bad", { nodes, egress: { clusters: [{ name: "leave-nobody" }] } });
  await untilCondition(cluster, "leave-bad", "ResolvedRefs", { status: "False" });
  await joinZone(cluster, at, "leave-a");
  const before = await storedPolicies(cluster, at);
  await relabel(cluster.admin, at, { "domicile.dev/zone": "leave-bad" });
  await cluster.admin.until<KubeObject>(
    namespace(at),
    ({ metadata }) => metadata.labels?.["domicile.dev/sealed"] === undefined,
    { describe: "the namespace is unsealed" },
  );
  assert.deepEqual(await storedPolicies(cluster, at), before);
  const { status, message } = await cluster.admin.create(podOf("early", at));
  assert.equal(status, 403, message);
  assert.match(message, /NamespaceNotSealed/);
});

test("O2 a zone that is deleted while a namespace is in it stays, with policies and node labels, until that leaves", async () => {
  const [at, zone] = ["leave-kept", "leave-kept"];
  const { admin } = cluster;
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["eu-amsterdam-1"] } });
  await addNode(cluster, { name: "leave-kept-1", region: "eu-amsterdam-1" });
  const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
  const untilLabel = (value: string | undefined): Promise<KubeObject> =>
    admin.until<KubeObject>(ref("v1", "Node", "leave-kept-1"), ({ metadata }) => metadata.labels?.[label] === value, {
      describe: `the node's label is ${value ?? "gone"}`,
    });
  await untilLabel("verified");
  await joinZone(cluster, at, zone);
  const before = await storedPolicies(cluster, at);

  await must(admin.delete(zoneRef(zone)));
  const going = await must(admin.get(zoneRef(zone)));
  assert.ok(going.metadata.deletionTimestamp);
  assert.deepEqual(going.metadata["finalizers"], ["domicile.dev/namespaces"]);
  // A pod is still pinned to the zone, and so is judged by what stands.
  const pod = await must(admin.create(podOf("still", at)));
  assert.deepEqual(pod.spec?.["nodeSelector"], { [label]: "verified" });
  assert.deepEqual(await storedPolicies(cluster, at), before);
  await untilLabel("verified");

  // As a dry run: the first answer may come before Domicile has heard of the pod.
  const early = await untilStatus(403, () =>
    admin.patch(namespace(at), { metadata: { labels: left } }, { dryRun: true }),
  );
  assert.match(early.message, /zone leave-kept: namespace leave-kept holds 1 pod \(still\)\. .*\(NamespaceHoldsData\)/);
  await must(admin.delete(pod, { gracePeriodSeconds: 0 }));
  await untilLetGo(at);
  await admin.untilGone(zoneRef(zone), { describe: "the zone is gone" });
  await untilSpecsAre(cluster, at, {});
});

test("a zone that nobody is in goes at once", async () => {
  await applyZone(cluster, "leave-empty", { nodes });
  await cluster.admin.until<KubeObject>(
    zoneRef("leave-empty"),
    ({ metadata }) => metadata["finalizers"] !== undefined,
    {
      describe: "the zone has its finalizer",
    },
  );
  await must(cluster.admin.delete(zoneRef("leave-empty")));
  await cluster.admin.untilGone(zoneRef("leave-empty"), { describe: "the zone is gone" });
});

test("a namespace that is deleted goes with its policies, and made anew it is sealed anew", async () => {
  const at = "leave-again";
  await joinZone(cluster, at, "leave-a");
  const [first] = await storedPolicies(cluster, at);
  await must(cluster.admin.delete(namespace(at)));
  await cluster.admin.untilGone(namespace(at), { describe: "the namespace is gone" });
  await joinZone(cluster, at, "leave-a");
  const [second] = await storedPolicies(cluster, at);
  assert.notEqual(first?.metadata.uid, second?.metadata.uid);
  await untilSpecsAre(cluster, at, { "domicile-isolate": isolating, "domicile-allow": allowing("leave-a") });
});
