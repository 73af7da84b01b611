import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { helms, installChart, rollbackChart, upgradeChart, type ChartRelease } from "../cluster/helm.ts";
import { addNodes } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone, untilSealed } from "./domicile.ts";
import { deploymentOf, namespaceOf, podOf, relabel } from "./resources.ts";

// Pinning a template adds a field that its author did not write. No tool that writes templates may take that for a
// difference that it has to mend, and no controller for a new revision.
const zone = "tools";
const home = "tools-home";
const left = "tools-left";
const older = "tools-older";
const key = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
const nodes = { provider: "OCI", regions: ["eu-madrid-1"] };
let cluster: Cluster;
let chart: string;

before(async () => {
  cluster = await connect();
  chart = mkdtempSync(join(tmpdir(), "domicile-chart-"));
  await addNodes(cluster, [
    { name: "tools-1", region: "eu-madrid-1" },
    { name: "tools-2", region: "eu-madrid-1" },
  ]);
  await must(cluster.admin.create(namespaceOf(older)));
  for (const name of ["annotated", "restarted"]) {
    await must(cluster.admin.create(deploymentOf(name, older, 2)));
    await untilRolledOut(older, name, 2);
  }
  await applyZone(cluster, zone, { nodes });
  await joinZone(cluster, home, zone);
  await relabel(cluster.admin, older, { "domicile.dev/zone": zone });
  await untilSealed(cluster, older, zone);
});
after(async () => {
  rmSync(chart, { recursive: true });
  await cluster.close();
});

const deployment = (name: string, namespace: string) => ref("apps/v1", "Deployment", name, namespace);
const selectorOf = (object: KubeObject): unknown => field(object, "spec.template.spec.nodeSelector");

/** Resolves when a Deployment's controller has seen its present form and all its pods are of that form and ready. */
const untilRolledOut = (namespace: string, name: string, replicas: number): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(
    deployment(name, namespace),
    (now) =>
      field(now, "status.observedGeneration") === now.metadata["generation"] &&
      ["replicas", "updatedReplicas", "readyReplicas"].every((count) => field(now, `status.${count}`) === replicas),
    { describe: `Deployment ${name} is rolled out` },
  );
const replicaSets = async (namespace: string, name: string): Promise<number> => {
  const kind = { apiVersion: "apps/v1", kind: "ReplicaSet" };
  return (await must(cluster.admin.list(kind, { namespace, labelSelector: `app=${name}` }))).items.length;
};
const kubectl = async (
  args: readonly string[],
  stdin = "",
): Promise<{ readonly stdout: string; readonly stderr: string }> => {
  const { code, stdout, stderr } = await cluster.kubectl(args, { stdin });
  assert.equal(code, 0, stderr);
  return { stdout, stderr };
};

const ways: Readonly<Record<string, readonly string[]>> = {
  "on the client's side": [],
  "on the server's side": ["--server-side"],
};
for (const [at, [how, flags]] of Object.entries(ways).entries())
  test(`kubectl apply twice ${how} changes nothing the second time, diff is empty, and there is one ReplicaSet`, async () => {
    const name = `applied-${at}`;
    const written = JSON.stringify(deploymentOf(name, home, 2));
    await kubectl(["apply", ...flags, "-f", "-"], written);
    const first = await untilRolledOut(home, name, 2);
    assert.deepEqual(selectorOf(first), { [key]: "verified" });
    const again = await kubectl(["apply", ...flags, "-f", "-"], written);
    assert.match(again.stdout, flags.length === 0 ? / unchanged$/m : / serverside-applied$/m);
    assert.equal((await kubectl(["diff", ...flags, "-f", "-"], written)).stdout, "");
    const now = await must(cluster.admin.get<KubeObject>(deployment(name, home)));
    assert.equal(now.metadata["generation"], first.metadata["generation"]);
    assert.deepEqual(selectorOf(now), { [key]: "verified" });
    assert.equal(await replicaSets(home, name), 1);
  });

test("kubectl annotate and scale of a Deployment from before the zone make no new ReplicaSet", async () => {
  await kubectl(["annotate", "-n", older, "deployment/annotated", "note=1"]);
  await kubectl(["scale", "-n", older, "deployment/annotated", "--replicas=3"]);
  const now = await untilRolledOut(older, "annotated", 3);
  assert.equal(selectorOf(now), undefined);
  assert.equal(await replicaSets(older, "annotated"), 1);
});

test("P12 kubectl rollout restart pins a Deployment from before the zone by one new ReplicaSet, and a second restart by one more", async () => {
  for (const expected of [2, 3]) {
    await kubectl(["rollout", "restart", "-n", older, "deployment/restarted"]);
    await kubectl(["rollout", "status", "-n", older, "deployment/restarted", "--timeout=60s"]);
    const now = await untilRolledOut(older, "restarted", 2);
    assert.deepEqual(selectorOf(now), { [key]: "verified" });
    assert.equal(await replicaSets(older, "restarted"), expected);
  }
});

for (const by of helms)
  test(`an upgrade by ${by} that changes nothing makes no revision, one that changes the image makes one, and a rollback goes back`, async () => {
    const name = `charted-${by}`;
    writeChart();
    const release: ChartRelease = {
      release: name,
      namespace: home,
      chart,
      values: { name, image: "example/app:1" },
      by,
    };
    const helmed = async (done: Promise<{ readonly code: number; readonly stderr: string }>): Promise<KubeObject> => {
      const { code, stderr } = await done;
      assert.equal(code, 0, stderr);
      return untilRolledOut(home, name, 2);
    };
    const installed = await helmed(installChart(cluster, release));
    const same = await helmed(upgradeChart(cluster, release));
    assert.equal(same.metadata["generation"], installed.metadata["generation"]);
    const changed = { ...release, values: { name, image: "example/app:2" } };
    assert.deepEqual(selectorOf(await helmed(upgradeChart(cluster, changed))), { [key]: "verified" });
    assert.equal(await replicaSets(home, name), 2);
    const back = await helmed(rollbackChart(cluster, 1, release));
    assert.deepEqual(field(back, "spec.template"), field(installed, "spec.template"));
    assert.equal(await replicaSets(home, name), 2);
  });

const writeChart = (): void => {
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), JSON.stringify({ apiVersion: "v2", name: "app", version: "1.0.0" }));
  const template = JSON.stringify(deploymentOf("NAME", home, 2))
    .replaceAll("NAME", "{{ .Values.name }}")
    .replaceAll("example/app", "{{ .Values.image }}");
  writeFileSync(join(chart, "templates", "deployment.yaml"), template);
};

test("where a zone leaves templates as they are, whoever writes one is warned, and its pods are pinned all the same", async () => {
  await applyZone(cluster, `${zone}-left`, { nodes, templates: "Warn" });
  await joinZone(cluster, left, `${zone}-left`);
  const { stderr } = await kubectl(["apply", "-f", "-"], JSON.stringify(deploymentOf("kept", left, 2)));
  assert.match(
    stderr,
    /^Warning: zone tools-left: spec\.template\.spec\.nodeSelector lacks domicile\.dev\.node-restriction\.kubernetes\.io\/tools-left: verified\. .*\(TemplateNotPinned\)$/m,
  );
  assert.equal(selectorOf(await untilRolledOut(left, "kept", 2)), undefined);
  const { items } = await must(cluster.admin.list<KubeObject>({ apiVersion: "v1", kind: "Pod" }, { namespace: left }));
  for (const pod of items) assert.deepEqual(field(pod, "spec.nodeSelector"), { [`${key}-left`]: "verified" });
  const named = await cluster.admin.create(podOf("named", left, { nodeName: "tools-1" }));
  assert.equal(named.status, 403, named.message);
});
