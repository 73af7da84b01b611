import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, makeNamespace, untilSealed } from "./domicile.ts";
import { storedPolicies } from "./policies.ts";
import { deploymentOf, untilCondition, zoneRef } from "./resources.ts";

const zone = "milan";
const region = "eu-milan-1";
const nodes = { provider: "OCI", regions: [region] };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes });
  await addNode(cluster, { name: "milan-1", region });
  await addNode(cluster, { name: "milan-2", region });
  for (const at of ["milan-a", "milan-b"]) await joinZone(cluster, at, zone);
  await must(cluster.admin.create(deploymentOf("web", "milan-a", 3)));
  await untilCounted(zone, 3);
  await untilCondition(cluster, zone, "Ready", { status: "True" });
});
after(() => cluster.close());

const untilCounted = (name: string, inPlace: number): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(zoneRef(name), (now) => field(now, "status.pods.inPlace") === inPlace, {
    describe: `zone ${name} counts ${inPlace} pods in place`,
  });

test("kubectl get rz shows the counts", async () => {
  const { stdout, stderr } = await cluster.kubectl(["get", "rz", zone]);
  const [head = "", row = ""] = stdout.trim().split("\n");
  assert.match(head, /^NAME +ENFORCEMENT +VERIFIED +REJECTED +NAMESPACES +IN PLACE +OUT OF PLACE +READY +AGE$/, stderr);
  // Other tests' nodes are rejected too, so how many is theirs to say.
  assert.match(row, /^milan +Enforce +2 +\d+ +2 +3 +0 +True +\S+$/);
});

test("counts follow what goes", async () => {
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "web", "milan-a"), { spec: { replicas: 1 } }));
  await untilCounted(zone, 1);
});

test("a zone that holds is Ready, and Enforced says that enforcement is not known", async () => {
  const ready = await untilCondition(cluster, zone, "Ready", { status: "True" });
  assert.equal(ready.reason, "Ready");
  const enforced = await untilCondition(cluster, zone, "Enforced", { status: "Unknown" });
  assert.equal(enforced.reason, "EnforcerUnknown");
  assert.match(enforced.message, /whether this cluster's network enforces them is not known to Domicile/);
});

const invalid: Readonly<Record<string, readonly [object, RegExp]>> = {
  "a region outside the realm": [
    { provider: "OCI", regions: [region, "us-ashburn-2"] },
    /spec\.nodes\.regions\[1\]: us-ashburn-2 is in realm oc42, and the zone's realm is oc1/,
  ],
  "a key instead of an identifier": [
    { provider: "OCI", regions: ["phx"] },
    /spec\.nodes\.regions\[0\]: .*did you mean us-phoenix-1\?/,
  ],
  "a realm that nobody knows": [
    { provider: "OCI", realm: "oc9999", regions: [region] },
    /spec\.nodes\.realm: .*is not a realm that Domicile knows/,
  ],
};

for (const [index, [what, [spec, message]]] of Object.entries(invalid).entries())
  test(`a zone with ${what} is not accepted, and its pods are refused`, async () => {
    const name = `milan-bad-${index}`;
    await applyZone(cluster, name, { nodes: spec });
    const accepted = await untilCondition(cluster, name, "Accepted", { status: "False", reason: "Invalid" });
    assert.match(accepted.message, message);
    for (const type of ["ResolvedRefs", "NodesVerified"])
      await untilCondition(cluster, name, type, { status: "Unknown", reason: "Invalid" });
    await untilCondition(cluster, name, "Ready", { status: "False", message: /Accepted \(Invalid\)/ });
    await makeNamespace(cluster, name, { "domicile.dev/zone": name });
    const refused = await cluster.admin.create({
      ...ref("v1", "Pod", "web", name),
      spec: { containers: [{ name: "web", image: "web" }] },
    });
    assert.equal(refused.status, 403, refused.message);
  });

test("kubectl describe tells each condition with its sentence", async () => {
  await applyZone(cluster, "milan-told", { nodes, egress: { clusters: [{ name: "milan-nobody" }] } });
  await untilCondition(cluster, "milan-told", "ResolvedRefs", { status: "False" });
  const { stdout } = await cluster.kubectl(["describe", "rz", "milan-told"]);
  assert.match(
    stdout,
    /Message: +The zone approves a RemoteCluster that does not exist, and reaches everything else that it approves\. spec\.egress\.clusters\[0\]\.name: RemoteCluster milan-nobody does not exist\. Create it, or take it out of spec\.egress\.clusters\./,
  );
  assert.match(stdout, /Reason: +ClusterNotFound/);
  assert.match(stdout, /Type: +ResolvedRefs/);
});

test("kubectl explain reads like documentation", async () => {
  const { stdout } = await cluster.kubectl(["explain", "rz.spec.nodes"]);
  assert.match(stdout, /Where the zone's data may live/);
  assert.match(stdout, /minimumTrust/);
});

test("nothing is written when nothing changed", async () => {
  const quiet = "milan-quiet";
  const { admin } = cluster;
  await applyZone(cluster, quiet, { nodes: { provider: "OCI", regions: ["eu-amsterdam-1"] } });
  await joinZone(cluster, quiet, quiet);
  await untilCondition(cluster, quiet, "Isolated", { status: "True", reason: "Isolated" });
  const read = async () => ({
    policies: await storedPolicies(cluster, quiet),
    conditions: field(await must(admin.get(zoneRef(quiet))), "status.conditions"),
    sealed: (await must(admin.get(ref("v1", "Namespace", quiet)))).metadata.labels,
  });
  const before = await read();
  await must(admin.patch(ref("v1", "Namespace", quiet), { metadata: { annotations: { touched: "once" } } }));
  const touched = await must(admin.get(ref("v1", "Namespace", quiet)));
  // A namespace that joins later is worked on after this one: when it is sealed, this one has been looked at.
  await joinZone(cluster, `${quiet}-later`, zone);
  await untilSealed(cluster, `${quiet}-later`, zone);
  assert.deepEqual(await read(), before);
  const now = await must(admin.get(ref("v1", "Namespace", quiet)));
  assert.equal(now.metadata.resourceVersion, touched.metadata.resourceVersion);
});
