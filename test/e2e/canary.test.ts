import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";
import { leaderMetrics, sample, untilMeasured } from "./replicas.ts";
import { podOf, untilCondition, zoneRef } from "./resources.ts";

const zone = "canaried";
/** As long as Kubernetes lets a label's value and a namespace's name be. */
const long = `l${"o".repeat(61)}g`;
const namespaceOf: Readonly<Record<string, RegExp>> = {
  [zone]: /^domicile-canary-canaried$/,
  [long]: /^domicile-canary-lo+-[0-9a-f]{8}$/,
};
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await addNode(cluster, { name: "canaried-1", region: "us-phoenix-1" });
  for (const name of [zone, long])
    await applyZone(cluster, name, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
  await joinZone(cluster, "canaried-pods", zone);
});
after(() => cluster.close());

const canaryOf = async (name: string): Promise<KubeObject> => {
  const isCanary = ({ metadata }: KubeObject): boolean => namespaceOf[name]?.test(metadata.name ?? "") === true;
  const all = await cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Namespace" },
    (found) => found.some(isCanary),
    { labelSelector: `domicile.dev/zone=${name}`, describe: `zone ${name} has a namespace to try its guards in` },
  );
  const canary = all.find(isCanary);
  if (canary === undefined) throw new Error("it is there and is not");
  return canary;
};

for (const name of [zone, long])
  test(`the guards of zone ${name} are tried in a sealed namespace of its own, and hold`, async () => {
    const canary = await canaryOf(name);
    await untilSealed(cluster, canary.metadata.name ?? "", name);
    await untilCondition(cluster, name, "Enforced", {
      status: "Unknown",
      message: /Tried and refused as they must be: pods and bindings\./,
    });
    for (const door of ["pods", "bindings"]) await untilMeasured(cluster, "domicile_canary", { zone: name, door }, 1);
  });

test("that namespace is no member: it is not counted, and nothing is told of what is tried there", async () => {
  await untilCondition(cluster, zone, "Enforced", { status: "Unknown", message: /Tried/ });
  const stored = await must(cluster.admin.get<KubeObject>(zoneRef(zone)));
  assert.equal(field(stored, "status.namespaces"), 1);
  assert.deepEqual(field(stored, "status.pods"), { inPlace: 0, outOfPlace: 0 });
  // What a canary is refused for; pods of a namespace that has just joined may be refused for other reasons.
  for (const reason of ["NodeNameSet", "BindingNodeUnknown"]) {
    const denied = { zone, reason, decision: "denied" };
    assert.equal(sample(await leaderMetrics(cluster), "domicile_admission_decisions_total", denied), 0);
  }
});

test("nothing runs in that namespace, whoever asks", async () => {
  const name = (await canaryOf(zone)).metadata.name ?? "";
  const pinned = { nodeSelector: { [`domicile.dev.node-restriction.kubernetes.io/${zone}`]: "verified" } };
  const { status, message } = await cluster.admin.create(podOf("squatter", name, pinned));
  assert.equal(status, 403);
  assert.match(message, /Pod domicile-canary-canaried\/squatter may not be created: .* Use another namespace/);
});

test("a zone that stops enforcing is tried no more, and it goes together with its namespace", async () => {
  const name = "canaried-going";
  await applyZone(cluster, name, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
  await untilCondition(cluster, name, "Enforced", { status: "Unknown", message: /Tried/ });
  await must(cluster.admin.patch(zoneRef(name), { spec: { enforcement: "Warn" } }));
  await untilCondition(cluster, name, "Enforced", { status: "False", reason: "NotEnforcing" });
  await cluster.admin.delete(zoneRef(name));
  await cluster.admin.untilGone(zoneRef(name), { describe: "the zone goes" });
  await cluster.admin.untilGone(ref("v1", "Namespace", `domicile-canary-${name}`), {
    describe: "its namespace goes with it",
  });
});
