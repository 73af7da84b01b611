import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNodes } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";

const zone = "templates";
const namespace = "templates-home";
const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["ap-singapore-1"] } });
  await addNodes(cluster, [
    { name: "templates-home-1", region: "ap-singapore-1" },
    { name: "templates-home-2", region: "ap-singapore-1" },
    { name: "templates-abroad-1", region: "eu-frankfurt-1" },
  ]);
  await joinZone(cluster, namespace, zone);
});
after(() => cluster.close());

const template = (app: string, spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: "main", image: "example/app" }], ...spec },
});
const selecting = (app: string, more: object = {}) => ({
  selector: { matchLabels: { app } },
  template: template(app),
  ...more,
});
const job = (app: string) => ({ template: template(app, { restartPolicy: "Never" }) });
const workload = (apiVersion: string, kind: string, name: string, spec: object): KubeObject =>
  ({ ...ref(apiVersion, kind, name, namespace), spec }) as KubeObject;

const kinds: Readonly<Record<string, readonly [KubeObject, string]>> = {
  Deployment: [workload("apps/v1", "Deployment", "dep", selecting("dep")), "spec.template"],
  StatefulSet: [workload("apps/v1", "StatefulSet", "sts", selecting("sts", { serviceName: "sts" })), "spec.template"],
  DaemonSet: [workload("apps/v1", "DaemonSet", "ds", selecting("ds")), "spec.template"],
  "a bare ReplicaSet": [workload("apps/v1", "ReplicaSet", "rs", selecting("rs")), "spec.template"],
  Job: [workload("batch/v1", "Job", "job", job("job")), "spec.template"],
  CronJob: [
    workload("batch/v1", "CronJob", "cron", { schedule: "0 3 * * *", jobTemplate: { spec: job("cron") } }),
    "spec.jobTemplate.spec.template",
  ],
};

for (const [kind, [object, path]] of Object.entries(kinds))
  test(`the template of ${kind} is pinned when it is created, and a second apply adds nothing`, async () => {
    const options = { fieldManager: "tests", force: true };
    const created = await must(cluster.admin.apply<KubeObject>(object, options));
    assert.deepEqual(field(created, `${path}.spec.nodeSelector`), { [label]: "verified" });
    const again = await must(cluster.admin.apply<KubeObject>(object, options));
    assert.equal(again.metadata.generation, created.metadata.generation);
  });

test("a DaemonSet runs on every verified node and tries no other (P5)", async () => {
  const set = workload("apps/v1", "DaemonSet", "everywhere", selecting("everywhere"));
  await must(cluster.admin.create(set));
  const seen = await cluster.admin.until<KubeObject>(set, (now) => field(now, "status.numberReady") === 2, {
    describe: "the DaemonSet is ready on both verified nodes",
  });
  assert.equal(field(seen, "status.desiredNumberScheduled"), 2);
});

test("a Deployment's ReplicaSets are its own business: one revision, no fight", async () => {
  const deployment = workload("apps/v1", "Deployment", "calm", selecting("calm", { replicas: 2 }));
  await must(cluster.admin.create(deployment));
  await cluster.admin.until(deployment, (now) => field(now, "status.readyReplicas") === 2, {
    describe: "both replicas are ready",
  });
  await must(cluster.admin.patch(deployment, { metadata: { annotations: { note: "1" } } }));
  await must(cluster.admin.patch(deployment, { spec: { replicas: 3 } }));
  const ready = await cluster.admin.until<KubeObject>(deployment, (now) => field(now, "status.readyReplicas") === 3, {
    describe: "three replicas are ready",
  });
  assert.equal(ready.metadata.annotations?.["deployment.kubernetes.io/revision"], "1");
});

test("annotating a Deployment from before the zone is no rollout", async () => {
  const older = "templates-older";
  await must(cluster.admin.create(ref("v1", "Namespace", older)));
  const deployment = { ...ref("apps/v1", "Deployment", "old", older), spec: selecting("old") } as KubeObject;
  await must(cluster.admin.create(deployment));
  await cluster.admin.until(deployment, (now) => field(now, "status.readyReplicas") === 1, {
    describe: "the old Deployment is ready",
  });
  await must(
    cluster.admin.patch(ref("v1", "Namespace", older), { metadata: { labels: { "domicile.dev/zone": zone } } }),
  );
  await untilSealed(cluster, older, zone);
  const annotated = await must(
    cluster.admin.patch<KubeObject>(deployment, { metadata: { annotations: { note: "1" } } }),
  );
  assert.equal(field(annotated, "spec.template.spec.nodeSelector"), undefined);
  const restarted = await must(
    cluster.admin.patch<KubeObject>(deployment, {
      spec: { template: { metadata: { annotations: { restarted: "now" } } } },
    }),
  );
  assert.deepEqual(field(restarted, "spec.template.spec.nodeSelector"), { [label]: "verified" });
});

const abroad: Readonly<Record<string, readonly [object, RegExp]>> = {
  "names a node": [
    { nodeName: "templates-abroad-1" },
    /spec\.template\.spec\.nodeName is "templates-abroad-1".*\(NodeNameSet\)/,
  ],
  "selects another region": [
    { nodeSelector: { "topology.kubernetes.io/region": "eu-frankfurt-1" } },
    /spec\.template\.spec\.nodeSelector\[topology\.kubernetes\.io\/region\].*\(NodeSelectorOutsideZone\)/,
  ],
};

for (const [what, [spec, sentence]] of Object.entries(abroad))
  test(`refused: a Deployment whose template ${what}`, async () => {
    const object = workload("apps/v1", "Deployment", "abroad", {
      selector: { matchLabels: { app: "a" } },
      template: template("a", spec),
    });
    const { status, message } = await cluster.admin.create(object);
    assert.equal(status, 403, message);
    assert.match(message, sentence);
  });
