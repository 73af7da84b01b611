import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed, untilZone } from "./domicile.ts";
import { policy, untilSpecs } from "./policies.ts";
import { namespaceOf, podOf, relabel, untilCondition } from "./resources.ts";

const nodes = { provider: "OCI", regions: ["us-ashburn-1"] };
const waits = { nodeSelector: { nowhere: "at-all" } };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "moves", { nodes });
  await applyZone(cluster, "moves-warn", { enforcement: "Warn", nodes });
  await addNode(cluster, { name: "moves-1", region: "us-ashburn-1" });
  await untilZone(cluster, "moves", "NodesVerified", "True");
});
after(() => cluster.close());

const untilUnsealed = (namespace: string): Promise<unknown> =>
  cluster.admin.until<KubeObject>(
    ref("v1", "Namespace", namespace),
    ({ metadata }) => metadata.labels?.["domicile.dev/sealed"] === undefined,
    { describe: `namespace ${namespace} is sealed no more` },
  );

test("a namespace that moves to a zone that only warns is no peer of its old zone any more", async () => {
  await joinZone(cluster, "left-for-warn", "moves");
  await relabel(cluster.admin, "left-for-warn", { "domicile.dev/zone": "moves-warn" });
  await untilUnsealed("left-for-warn");
});

test("P15 a namespace does not move to a zone that does not exist, and stays what it was", async () => {
  await joinZone(cluster, "left-for-nowhere", "moves");
  const { status, message } = await cluster.admin.patch(ref("v1", "Namespace", "left-for-nowhere"), {
    metadata: { labels: { "domicile.dev/zone": "moves-nowhere" } },
  });
  assert.equal(status, 403, message);
  assert.match(
    message,
    /zone moves-nowhere: namespace left-for-nowhere is labelled domicile\.dev\/zone=moves-nowhere\. .*\(ZoneNotFound\)/,
  );
  await untilSealed(cluster, "left-for-nowhere", "moves");
});

test("a pod that waits cannot be given another network", async () => {
  const at = "moves-networks";
  await joinZone(cluster, at, "moves");
  const waiting = podOf("waiting", at, waits);
  await must(cluster.admin.create(waiting));
  for (const key of ["k8s.v1.cni.cncf.io/networks", "v1.multus-cni.io/default-network"]) {
    const patched = await cluster.admin.patch(waiting, { metadata: { annotations: { [key]: "open" } } });
    assert.equal(patched.status, 403, patched.message);
    assert.match(patched.message, /\(NetworkAttachment\)/);
  }
  await must(cluster.admin.patch(waiting, { metadata: { annotations: { harmless: "yes" } } }));
});

/** Makes pods until one is let in as it is; the others are taken away. */
const untilUnpinned = async (namespace: string): Promise<KubeObject> => {
  let attempts = 0;
  const make = async (): Promise<KubeObject | undefined> => {
    const made = await cluster.admin.create<KubeObject>(podOf(`loose-${(attempts += 1)}`, namespace, waits));
    if (!made.ok) return undefined;
    if (isDeepStrictEqual(field(made.body, "spec.nodeSelector"), waits.nodeSelector)) return made.body;
    await must(cluster.admin.delete(made.body, { gracePeriodSeconds: 0 }));
    return undefined;
  };
  const loose = await askUntil(make, (pod) => pod !== undefined, { describe: "a pod is let in as it is" });
  assert.ok(loose);
  return loose;
};

test("a pod that came while the zone warned holds up the zone when it enforces again", async () => {
  const at = "moves-again";
  await applyZone(cluster, "again", { nodes });
  await joinZone(cluster, at, "again");
  await applyZone(cluster, "again", { enforcement: "Warn", nodes });
  const loose = await untilUnpinned(at);
  await applyZone(cluster, "again", { nodes });
  await untilUnsealed(at);
  await must(cluster.admin.delete(loose, { gracePeriodSeconds: 0 }));
  await untilSealed(cluster, at, "again");
});

test("a policy planted under a name of ours, which a finalizer holds, keeps the namespace from being sealed", async () => {
  const at = "moves-planted";
  await must(cluster.admin.create(namespaceOf(at)));
  const planted = policy("domicile-allow-9", at);
  const metadata = { ...planted.metadata, finalizers: ["example.com/stays"] };
  const spec = { podSelector: {}, policyTypes: ["Egress"], egress: [{}] };
  await must(cluster.admin.create({ ...planted, metadata, spec } as KubeObject));
  await relabel(cluster.admin, at, { "domicile.dev/zone": "moves" });
  await untilSpecs(cluster, at, (specs) => "domicile-allow" in specs, "what the zone allows is written");
  await untilCondition(cluster, "moves", "Isolated", { status: "False", message: /moves-planted/ });
  const { status, message } = await cluster.admin.create(podOf("early", at));
  assert.equal(status, 403, message);
  assert.match(message, /\(NamespaceNotSealed\)/);
});
