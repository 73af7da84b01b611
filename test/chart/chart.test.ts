import assert from "node:assert/strict";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { helm } from "../cluster/helm.ts";
import { objects, parse, pick, render } from "./render.ts";

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
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
    podDisruptionBudget: { enabled: true, maxUnavailable: "50%" },
    podLabels: { tier: "control" },
    podAnnotations: { "example.com/scrape": "true" },
    commonLabels: { "example.com/owner": "platform" },
    clusterNetworks: { pods: ["10.128.0.0/9", "fd00::/48"], nodes: ["192.168.0.0/16"] },
    extraArgs: ["--host=0.0.0.0"],
    extraEnv: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=384" }],
    networkPolicy: {
      enabled: true,
      metricsFrom: [
        { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } }, podSelector: {} },
      ],
      apiServer: { cidrs: ["10.0.0.10/32", "2001:db8::10/128"], ports: [6443] },
    },
    prometheus: {
      serviceMonitor: {
        enabled: true,
        namespace: "monitoring",
        labels: { release: "kube-prometheus-stack" },
        annotations: { "example.com/team": "platform" },
        interval: "15s",
        scrapeTimeout: "5s",
      },
      rules: { enabled: true, labels: { release: "x" }, runbookURL: "https://runbooks.example/domicile" },
    },
    grafana: { dashboard: { enabled: true, namespace: "monitoring", annotations: { grafana_folder: "Kubernetes" } } },
  },
  "cert-manager": { certManager: { enabled: true } },
  "native-only": { webhook: { enabled: false } },
  "webhooks-only": { nativePolicies: { enabled: false } },
  "host-network": { hostNetwork: true, webhook: { port: 18443 }, opsPort: 18080 },
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
  assert.equal(roles.length, 8);
  for (const role of roles)
    for (const rule of (role["rules"] ?? []) as readonly Readonly<Record<string, readonly string[]>>[]) {
      assert.ok(!Object.values(rule).flat().includes("*"), `${role.kind} ${role.metadata.name}`);
      const verbs = rule["verbs"] ?? [];
      assert.ok(!verbs.some((verb) => ["bind", "escalate", "impersonate", "deletecollection"].includes(verb)));
      if (rule["apiGroups"]?.includes("rbac.authorization.k8s.io"))
        assert.ok(verbs.every((verb) => ["get", "list", "watch"].includes(verb)));
    }
});

test("each rule of each role has its reason above it", async () => {
  for (const file of ["rbac-cluster.yaml", "rbac-namespaces.yaml", "tests/answers.yaml"]) {
    const lines = (await readFile(join(root, "charts", "domicile", "templates", file), "utf8")).split("\n");
    for (const [index, line] of lines.entries())
      if (line.startsWith("  - apiGroups:")) assert.match(lines[index - 1] ?? "", /^ +# /, `${file}:${index + 1}`);
  }
});

test("with cert-manager no role may write a Secret, and the Certificate is signed by whom issuerRef names", async () => {
  const issuerRef = { name: "company", kind: "ClusterIssuer" };
  const all = await objects(cluster, { certManager: { enabled: true, issuerRef } });
  const verbs = all
    .filter(({ kind }) => kind === "ClusterRole" || kind === "Role")
    .flatMap(
      (role) =>
        (role["rules"] ?? []) as readonly { readonly resources?: readonly string[]; readonly verbs: string[] }[],
    )
    .filter(({ resources }) => resources?.includes("secrets"))
    .flatMap((rule) => rule.verbs);
  assert.deepEqual(verbs, ["get", "list", "watch", "get"]);
  const signed = all.filter(({ apiVersion }) => apiVersion === "cert-manager.io/v1");
  assert.deepEqual(
    signed.map(({ kind, spec }) => [kind, spec?.["issuerRef"]]),
    [["Certificate", { group: "cert-manager.io", ...issuerRef }]],
  );
});
