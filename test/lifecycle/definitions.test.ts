import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, home, installDomicile, uninstallDomicile, untilLetIn, untilZone } from "../e2e/domicile.ts";
import { storedPolicies } from "../e2e/policies.ts";
import { podOf, zoneRef } from "../e2e/resources.ts";
import {
  closeStage,
  furnish,
  inside,
  nodeLabel,
  openStage,
  outside,
  podsCanBeMade,
  scaleTo,
  untilUnregistered,
  zone,
  type Stage,
} from "./stage.ts";

const crd = ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "residencyzones.domicile.dev");
const spec = { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } };
let stage: Stage;
let good: readonly KubeObject[];

before(async () => {
  stage = await openStage();
  await installDomicile(stage.cluster);
  await furnish(stage);
  await untilZone(stage.cluster, zone, "Isolated", "True");
  good = await storedPolicies(stage.cluster, inside);
});
after(() => closeStage(stage));

/** What keeps data where it is: policies and seal of the namespace, label of the node. */
const stands = async (): Promise<void> => {
  const { cluster } = stage;
  assert.deepEqual(await storedPolicies(cluster, inside), good);
  const namespace = await must(cluster.admin.get(ref("v1", "Namespace", inside)));
  assert.equal(namespace.metadata.labels?.["domicile.dev/sealed"], zone);
  const node = await must(cluster.admin.get(ref("v1", "Node", "phoenix-1")));
  assert.equal(node.metadata.labels?.[nodeLabel], "verified");
  await must(cluster.admin.create(podOf("free", outside), { dryRun: true }));
};

test("O2 deleting the definition of zones is refused, with the way out in the answer", async () => {
  const { code, stderr } = await stage.cluster.kubectl(["delete", "crd", "residencyzones.domicile.dev"]);
  assert.equal(code, 1);
  assert.match(stderr, /every ResidencyZone in the cluster would be deleted with it.*domicile\.dev\/deletion=allowed/);
});

test("O2 where it is allowed the zones that are in use stay and are enforced, also after a restart, and say so", async () => {
  const { cluster } = stage;
  await must(cluster.admin.patch(crd, { metadata: { annotations: { "domicile.dev/deletion": "allowed" } } }));
  await must(cluster.admin.delete(crd));
  await cluster.admin.until<KubeObject>(zoneRef(zone), (now) => now.metadata.deletionTimestamp !== undefined, {
    describe: "the zone is being deleted",
  });
  await untilZone(cluster, zone, "Ready", "False");
  await scaleTo(cluster, 0);
  await scaleTo(cluster, 2);
  await stands();
  await untilLetIn(cluster, inside);
  const pod = await must(cluster.admin.create(podOf("bare", inside), { dryRun: true }));
  assert.deepEqual(pod.spec?.["nodeSelector"], { [nodeLabel]: "verified" });
});

test("O2 where the finalizer is lifted by force all zones go, and everything that isolates them stays: no pod is admitted", async () => {
  const { cluster } = stage;
  await must(cluster.admin.patch(zoneRef(zone), { metadata: { finalizers: null } }));
  await cluster.admin.untilGone(crd, { describe: "the definition is gone" });
  // What has the zone's selector passes unasked until an API server heeds that there is no such zone.
  const pinned = podOf("bare", inside, { nodeSelector: { [nodeLabel]: "verified" } });
  await askUntil(
    () => cluster.admin.create(pinned, { dryRun: true }),
    ({ ok }) => !ok,
    { describe: "no pod of the zone is admitted" },
  );
  await stands();
});

test("O2 restarted without the definition Domicile is not ready and says why, and pods of the zone are refused", async () => {
  const { cluster } = stage;
  await scaleTo(cluster, 0);
  const replicas = { spec: { replicas: 1 } };
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "domicile", home), replicas));
  const [pod] = await cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Pod" },
    ([only]) => field(only, "status.podIP") !== undefined,
    { namespace: home, describe: "a replica runs" },
  );
  const replica = { name: pod?.metadata.name ?? "", namespace: home };
  await stage.home.untilLogged(replica, /"resource":"residencyzones".*a watch was interrupted/);
  await askUntil(
    () => stage.home.scrape(replica, 8080, "/readyz"),
    ({ text }) => /caches: .*\bzones\b.* are not read yet/.test(text),
    { describe: "readiness says that zones are not read" },
  );
  assert.ok(!(await cluster.admin.create(podOf("bare", inside), { dryRun: true })).ok);
  await stands();
});

test("O2 when the definition and the zone are back, what stands is adopted and nothing is written anew", async () => {
  const { cluster } = stage;
  await uninstallDomicile(cluster);
  await untilUnregistered(cluster);
  await podsCanBeMade(cluster, "without-definitions");
  await installDomicile(cluster);
  await applyZone(cluster, zone, spec);
  await untilZone(cluster, zone, "Isolated", "True");
  await stands();
});
