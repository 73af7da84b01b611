import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { helm } from "../cluster/helm.ts";
import { field, ref } from "../cluster/objects.ts";
import { least, objects, parse, pick, refusal, render } from "./render.ts";

const root = join(import.meta.dirname, "..", "..");
const crdFolder = join(root, "charts", "domicile", "files", "crds");

let cluster: Cluster;
before(async () => {
  cluster = await connect();
});
after(() => cluster.close());

/** Written anew with UPDATE_GOLDEN=1. */
const goldens: Readonly<Record<string, object>> = {
  defaults: {},
  everything: {
    replicaCount: 3,
    image: { repository: "registry.example/team/domicile", digest: `sha256:${"0123456789abcdef".repeat(4)}` },
    imagePullSecrets: [{ name: "pull" }],
    serviceAccount: { create: true, name: "resident", annotations: { "example.com/team": "platform" } },
    webhook: { timeoutSeconds: 3, port: 9443 },
    opsPort: 9090,
    logLevel: "debug",
    terminationGracePeriodSeconds: 45,
    priorityClassName: "",
    nodeSelector: { "kubernetes.io/os": "linux" },
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
    affinity: { nodeAffinity: {} },
    topologySpreadConstraints: [],
    podDisruptionBudget: { enabled: true, maxUnavailable: "50%" },
    podLabels: { tier: "control" },
    podAnnotations: { "example.com/scrape": "true" },
    commonLabels: { "example.com/owner": "platform" },
    extraArgs: ["--host=0.0.0.0"],
    extraEnv: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=384" }],
  },
};

for (const [name, values] of Object.entries(goldens))
  test(`the chart renders as test/chart/golden/${name}.want says`, async () => {
    const file = join(import.meta.dirname, "golden", `${name}.want`);
    const rendered = await render(cluster, values);
    if (process.env["UPDATE_GOLDEN"]) await writeFile(file, rendered);
    const [got, want] = [rendered, await readFile(file, "utf8")].map((text) => text.split("\n"));
    const at = (got ?? []).findIndex((line, index) => line !== want?.[index]);
    const where = `line ${at + 1} is now "${got?.[at]}"; run again with UPDATE_GOLDEN=1 if this is meant`;
    assert.ok(at === -1 && got?.length === want?.length, where);
  });

test("helm lint finds nothing to say", async () => {
  const { code, stdout } = await helm(cluster, [
    "lint",
    join(root, "charts", "domicile"),
    "--strict",
    "--set=image.repository=domicile",
  ]);
  assert.equal(code, 0, stdout);
});

const refused: Readonly<Record<string, readonly [values: object, sentence: RegExp]>> = {
  "no image": [{}, /image\.repository is required, because the project publishes no image.*docker build.*docker push/],
  "a tag in the repository": [{ image: { repository: "domicile:1.0" } }, /image\/repository.*does not match pattern/],
  "a digest that is none": [{ image: { repository: "domicile", digest: "latest" } }, /image\/digest/],
  "a value that does not exist": [{ ...least, replicas: 2 }, /additional properties 'replicas' not allowed/],
  "a nested value that does not exist": [{ ...least, webhook: { timeout: 2 } }, /additional properties 'timeout'/],
  "a timeout that would stall others": [{ ...least, webhook: { timeoutSeconds: 30 } }, /timeoutSeconds.*maximum/],
  "a port only root may take": [{ ...least, webhook: { port: 443 } }, /webhook\/port.*minimum/],
  "a log level that does not exist": [{ ...least, logLevel: "verbose" }, /logLevel.*must be one of/],
  "a flag that is none": [{ ...least, extraArgs: ["log-level=debug"] }, /extraArgs\/0/],
  "an environment variable that the chart sets": [{ ...least, extraEnv: [{ name: "POD_NAME" }] }, /extraEnv\/0\/name/],
  "a label that the chart sets": [{ ...least, commonLabels: { "app.kubernetes.io/name": "x" } }, /commonLabels/],
  "a budget that lets no drain through": [{ ...least, podDisruptionBudget: { maxUnavailable: 0 } }, /maxUnavailable/],
};

for (const [what, [values, sentence]] of Object.entries(refused))
  test(`the chart refuses ${what}`, async () => assert.match(await refusal(cluster, values), sentence));

for (const [version, ok] of [
  ["1.33.9", false],
  ["1.34.0-oke.1", true],
  ["1.36.3", true],
] as const)
  test(`the chart ${ok ? "accepts" : "refuses"} Kubernetes ${version}`, async () => {
    const chart = join(root, "charts", "domicile");
    const args = ["template", "domicile", chart, "--set=image.repository=domicile", `--kube-version=${version}`];
    const { code, stderr } = await helm(cluster, args);
    assert.equal(code === 0, ok, stderr);
  });

test("CRDs are those of files/crds, kept on uninstall when asked", async () => {
  const names = (await readdir(crdFolder)).filter((name) => name.endsWith(".yaml"));
  assert.ok(names.length >= 2, "ResidencyZone and RemoteCluster");
  const [kept, given] = await Promise.all(
    [true, false].map((keep) => objects(cluster, { crds: { enabled: true, keep } })),
  );
  for (const name of names) {
    const [source] = parse(await readFile(join(crdFolder, name), "utf8"));
    for (const [rendered, policy] of [
      [kept, "keep"],
      [given, undefined],
    ] as const) {
      const crd = pick(rendered ?? [], "CustomResourceDefinition", source?.metadata.name);
      assert.deepEqual(crd.spec, source?.spec);
      assert.equal(crd.metadata.annotations?.["helm.sh/resource-policy"], policy);
    }
  }
});

test("no rule of any role has a wildcard, and no role may write roles, bind, escalate or impersonate", async () => {
  const all = await objects(cluster, {});
  const roles = all.filter(({ kind }) => kind === "ClusterRole" || kind === "Role");
  assert.equal(roles.length, 4);
  for (const role of roles)
    for (const rule of role["rules"] as readonly Readonly<Record<string, readonly string[]>>[]) {
      assert.ok(!Object.values(rule).flat().includes("*"), `${role.kind} ${role.metadata.name}`);
      const verbs = rule["verbs"] ?? [];
      assert.ok(!verbs.some((verb) => ["bind", "escalate", "impersonate", "deletecollection"].includes(verb)));
      if (rule["apiGroups"]?.includes("rbac.authorization.k8s.io")) assert.deepEqual(verbs, ["get"]);
    }
});

test("each rule of each role has its reason above it", async () => {
  for (const file of ["rbac-cluster.yaml", "rbac-namespaces.yaml"]) {
    const lines = (await readFile(join(root, "charts", "domicile", "templates", file), "utf8")).split("\n");
    for (const [index, line] of lines.entries())
      if (line.startsWith("  - apiGroups:")) assert.match(lines[index - 1] ?? "", /^ +# /, `${file}:${index + 1}`);
  }
});

test("Pod Security's restricted level admits the pod, whose root file system cannot be written", async () => {
  const { admin } = cluster;
  const namespace = "chart-restricted";
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  const home = await must(
    admin.create({ ...ref("v1", "Namespace", namespace), metadata: { name: namespace, labels } }),
  );
  await must(admin.create(ref("v1", "ServiceAccount", "domicile", namespace)));
  const spec = field(pick(await objects(cluster, {}), "Deployment"), "spec.template.spec");
  const pod = { ...ref("v1", "Pod", "domicile", namespace), spec };
  const admitted = await must(admin.create(pod, { dryRun: true }));
  assert.equal(field(admitted, "spec.containers.0.securityContext.readOnlyRootFilesystem"), true);
  assert.equal(field(spec, "volumes"), undefined);
  await must(admin.delete(home));
});
