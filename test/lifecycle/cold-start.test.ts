import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { home, installDomicile, startHome } from "../e2e/domicile.ts";
import { deploymentOf, podOf, untilEvent } from "../e2e/resources.ts";
import { addNode } from "../cluster/nodes.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, outside, untilReady, type Stage } from "./stage.ts";

const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;
const pods = { apiVersion: "v1", kind: "Pod" } as const;
const systems = ["kube-system", home] as const;

/** What a cluster needs before anything else runs: the network on every node, and DNS. */
const network = {
  ...ref("apps/v1", "DaemonSet", "network", "kube-system"),
  spec: {
    selector: { matchLabels: { app: "network" } },
    template: {
      metadata: { labels: { app: "network" } },
      spec: { tolerations: [{ operator: "Exists" }], containers: [{ name: "network", image: "network" }] },
    },
  },
};
const dns = deploymentOf("dns", "kube-system", 2);

let stage: Stage;
let configurations: readonly KubeObject[];

const readConfigurations = (): Promise<readonly KubeObject[]> =>
  Promise.all(
    kinds.map((kind) =>
      must(stage.cluster.admin.get<KubeObject>(ref("admissionregistration.k8s.io/v1", kind, "domicile"))),
    ),
  );

/** Resolves when this many pods of an app have been bound, none of them an old one. */
const untilBound = (namespace: string, app: string, count: number, old: ReadonlySet<unknown>): Promise<unknown> =>
  stage.cluster.admin.untilList<KubeObject>(
    pods,
    (all) =>
      all.length === count &&
      all.every((pod) => field(pod, "spec.nodeName") !== undefined && !old.has(pod.metadata.uid)),
    { namespace, labelSelector: `app=${app}`, describe: `${count} new pods of ${namespace}/${app} are bound` },
  );

const uidsIn = async (...namespaces: readonly string[]): Promise<ReadonlySet<unknown>> => {
  const lists = await Promise.all(
    namespaces.map((namespace) => must(stage.cluster.admin.list<KubeObject>(pods, { namespace }))),
  );
  return new Set(lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.uid)));
};

before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  // As wrong as it gets: what a cluster starts with bears a zone's label, from before anybody refused that.
  await must(cluster.admin.create(ref("v1", "Namespace", home)));
  for (const name of systems)
    await must(
      cluster.admin.patch(ref("v1", "Namespace", name), { metadata: { labels: { "domicile.dev/zone": "us" } } }),
    );
  await installDomicile(cluster);
  await furnish(stage);
  await addNode(cluster, { name: "abroad-1", region: "eu-frankfurt-1" });
  await must(cluster.admin.create(network));
  await must(cluster.admin.create(dns));
  await must(cluster.admin.create(deploymentOf("free", outside, 1)));
  await must(cluster.admin.create(deploymentOf("web", inside, 1)));
  await untilReady(cluster, "web", inside, 1);
  await untilReady(cluster, "dns", "kube-system", 2);
  for (const name of systems) await untilEvent(cluster, name, "SystemNamespace");
  configurations = await readConfigurations();
});

after(async () => {
  const { admin } = stage.cluster;
  for (const name of systems)
    await admin.patch(ref("v1", "Namespace", name), { metadata: { labels: { "domicile.dev/zone": null } } });
  for (const object of [network, dns]) await admin.delete(object);
  // Pods of a node that is gone are taken away only by the pod garbage collector's next round: the node goes last.
  await closeStage(stage, "abroad-1");
});

test("O4 a cluster whose etcd knows Domicile's configurations starts without any Domicile: system pods are made, bound and run", async () => {
  const { cluster } = stage;
  const { admin } = cluster;
  const old = await uidsIn("kube-system", home, outside, inside);
  await stage.home.stop();
  for (const name of ["kwok", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"] as const)
    await cluster.component(name, "kill");
  for (const name of ["etcd", "kube-apiserver"] as const) await cluster.component(name, "start");
  // No node has kept its pods; Domicile's own were taken away with their node.
  const sweep = (namespace: string): Promise<unknown> =>
    admin.send({
      method: "DELETE",
      path: `/api/v1/namespaces/${namespace}/pods`,
      body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 },
    });
  await Promise.all(["kube-system", home, outside].map(sweep));
  for (const name of ["kube-controller-manager", "kube-scheduler", "kwok"] as const)
    await cluster.component(name, "start");

  await untilBound("kube-system", "network", 2, old);
  await untilBound("kube-system", "dns", 2, old);
  await untilBound(outside, "free", 1, old);
  await untilReady(cluster, "dns", "kube-system", 2);
  // Domicile's own: made, and waiting for a node.
  await admin.untilList<KubeObject>(pods, (all) => all.length === 2 && all.every((pod) => !old.has(pod.metadata.uid)), {
    namespace: home,
    describe: "two new pods of Domicile's Deployment are made",
  });
  await must(admin.create(podOf("by-hand", "kube-system"), { dryRun: true }));
  await must(admin.create(podOf("by-hand", home), { dryRun: true }));
});

test("O4 meanwhile zone pods that nobody pinned are refused, and pinned Deployments scale", async () => {
  const { cluster } = stage;
  const { ok, message } = await cluster.admin.create(podOf("bare", inside));
  assert.ok(!ok);
  assert.match(message, /failed calling webhook "us\.zone\.pods\.domicile\.dev"/);
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "web", inside), { spec: { replicas: 2 } }));
  await untilReady(cluster, "web", inside, 2);
});

test("O4 with a node Domicile comes back by itself, writes nothing anew, and zone pods are admitted", async () => {
  const { cluster } = stage;
  stage = { cluster, home: await startHome(cluster) };
  await cluster.admin.untilList<KubeObject>(
    pods,
    (all) => all.length === 2 && all.every((pod) => condition(pod, "Ready") === "True"),
    { namespace: home, describe: "both replicas are ready", deadlineMs: 120_000 },
  );
  const pod = await must(cluster.admin.create(podOf("bare", inside)));
  assert.deepEqual(pod.spec?.["nodeSelector"], { [nodeLabel]: "verified" });
  assert.deepEqual(await readConfigurations(), configurations);
});
