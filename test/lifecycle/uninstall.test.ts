import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { uninstallChart, upgradeChart } from "../cluster/helm.ts";
import { condition, ref } from "../cluster/objects.ts";
import { home, installDomicile, release, untilSealed, values } from "../e2e/domicile.ts";
import { untilLeader } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";
import {
  closeStage,
  definitionNames,
  furnish,
  inside,
  leftovers,
  openStage,
  podsCanBeMade,
  scaleTo,
  type Stage,
  untilUnregistered,
  zone,
} from "./stage.ts";

let stage: Stage;
before(async () => {
  stage = await openStage();
  await installDomicile(stage.cluster);
  await furnish(stage);
});
after(() => closeStage(stage));

const uninstall = async (): Promise<void> => {
  const { code, stderr } = await uninstallChart(stage.cluster, { release, namespace: home });
  assert.equal(code, 0, stderr);
};

/** Each uninstall, and what it begins with. */
const ways: Readonly<Record<string, () => Promise<void>>> = {
  "while its leader is dead": async () => {
    const leader = await untilLeader(stage.cluster);
    await must(stage.cluster.admin.delete(ref("v1", "Pod", leader, home), { gracePeriodSeconds: 0 }));
  },
  "after it was scaled to 0": () => scaleTo(stage.cluster, 0),
};

let round = 0;
afterEach(async () => {
  // Every pod of the last installation is gone before the next one comes, or the two would share a lease.
  await stage.cluster.admin.untilList({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.length === 0, {
    namespace: home,
    describe: "Domicile's pods are gone",
  });
  await installDomicile(stage.cluster);
  // Ready means registered, also while the lease still names a leader that died.
  for (const kind of ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
    await must(stage.cluster.admin.get(ref("admissionregistration.k8s.io/v1", kind, "domicile")));
  await untilSealed(stage.cluster, inside, zone);
});

for (const [sentence, begin] of Object.entries(ways))
  test(`O4 helm uninstall ${sentence} leaves nothing that blocks`, async () => {
    const { cluster } = stage;
    await begin();
    await uninstall();
    await untilUnregistered(cluster);
    await podsCanBeMade(cluster, `uninstall-${(round += 1)}`);
    assert.deepEqual((await leftovers(cluster)).toSorted(), definitionNames);
  });

test("O4 deleting Domicile's namespace blocks its zones alone, and deleting the owners of what it registered lets go of those", async () => {
  const { cluster } = stage;
  const { admin } = cluster;
  await must(admin.delete(ref("v1", "Namespace", home)));
  await admin.untilGone(ref("v1", "Namespace", home), {
    describe: "Domicile's namespace is gone",
    deadlineMs: 120_000,
  });
  for (const namespace of ["default", "kube-system"])
    await must(admin.create(podOf("free", namespace), { dryRun: true }));
  // Nobody uninstalled it: the zones fail closed.
  const refused = await admin.create(podOf("bare", inside), { dryRun: true });
  assert.match(refused.message, /failed calling webhook/);

  for (const owner of ["domicile-webhooks", "domicile-native-policies"])
    await must(admin.delete(ref("rbac.authorization.k8s.io/v1", "ClusterRole", owner)));
  await untilUnregistered(cluster);
  await podsCanBeMade(cluster, "namespace-gone");
});

test("O4 with crds.keep=false an uninstall ends, and the zones in use go when their finalizers are lifted as docs/uninstalling.md says", async () => {
  const { cluster } = stage;
  const crd = ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "residencyzones.domicile.dev");
  const dropped = { ...values, crds: { keep: false } };
  const { code, stderr } = await upgradeChart(cluster, { release, namespace: home, values: dropped });
  assert.equal(code, 0, stderr);
  await uninstall();
  await untilUnregistered(cluster);
  await podsCanBeMade(cluster, "definitions-going");
  await cluster.admin.until(crd, (now) => condition(now, "Terminating") === "True", {
    describe: "the definition waits for its zones",
  });
  const lift = ["patch", `residencyzone/${zone}`, "--type=merge", "-p", '{"metadata":{"finalizers":null}}'];
  assert.equal((await cluster.kubectl(lift)).code, 0);
  await cluster.admin.untilGone(crd, { describe: "the definition is gone" });
});
