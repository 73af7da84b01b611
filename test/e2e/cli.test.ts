import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { must } from "../cluster/client.ts";
import { apiServerUrl } from "../cluster/addresses.ts";
import { instanceOcid } from "../cluster/oracle.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { kubeconfig } from "../cluster/kubeconfig.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { clientCertificate, makeAuthority, type Identity } from "../cluster/pki.ts";
import { output, type Output } from "../cluster/spawned.ts";
import { untilStatus } from "../native/guards.ts";
import { untilMay } from "./binder.ts";
import { applyZone, joinZone, makeNamespace, untilLetIn } from "./domicile.ts";
import { deploymentOf, podOf, zoneRef } from "./resources.ts";

const root = join(import.meta.dirname, "..", "..");
const program = join(root, "dist", "domicile.js");
const region = "eu-stockholm-1";
const zoneNodes = { provider: "OCI", regions: [region] };
const [zone, warning] = ["nordic", "nordic-warn"];
const [namespace, warned] = ["cli-nordic", "cli-nordic-warn"];
let cluster: Cluster;
let folder: string;
/** A file with the zone as it is applied. */
let planned: string;
const manifestOf = (egress: unknown = {}): unknown => ({
  ...zoneRef(zone),
  spec: { enforcement: "Enforce", nodes: zoneNodes, egress },
});

before(async () => {
  cluster = await connect();
  folder = mkdtempSync(join(tmpdir(), "domicile-cli-"));
  symlinkSync(program, join(folder, "kubectl-domicile"));
  planned = join(folder, "zone.yaml");
  writeFileSync(planned, JSON.stringify(manifestOf()));
  await applyZone(cluster, zone, { nodes: zoneNodes });
  await applyZone(cluster, warning, { enforcement: "Warn", nodes: zoneNodes });
  await addNode(cluster, { name: "nordic-1", region });
  await addNode(cluster, { name: "nordic-liar", region, regionLabel: "eu-frankfurt-1" });
  await makeNamespace(cluster, warned, { "domicile.dev/zone": warning });
  await joinZone(cluster, namespace, zone);
  await must(cluster.admin.create(deploymentOf("web", namespace, 1)));
  await untilRunning(namespace);
  await untilLetIn(cluster, warned);
  // Nothing refuses it where the zone only warns.
  await must(cluster.admin.create(podOf("abroad", warned, { nodeName: "nordic-liar", hostNetwork: true })));
  await untilRunning(warned);
  await cluster.admin.until(zoneRef(zone), (now) => isNamed(now, "nordic-liar"), {
    describe: `the status of zone ${zone} names nordic-liar`,
  });
});
after(async () => {
  rmSync(folder, { recursive: true });
  await cluster.close();
});

const untilRunning = (at: string): Promise<unknown> =>
  cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Pod" },
    (pods) => pods.some((pod) => field(pod, "status.phase") === "Running"),
    { namespace: at, describe: `a pod of ${at} runs` },
  );

const isNamed = (zoneNow: unknown, name: string): boolean =>
  ((field(zoneNow, "status.nodes.notVerified") ?? []) as readonly { readonly name: string }[]).some(
    (node) => node.name === name,
  );

const pathTo = (...programs: readonly string[]): string =>
  [folder, ...programs.map((name) => dirname(name)), process.env["PATH"] ?? ""].join(":");

/** Runs what ships, as the administrator or as `as`. */
const domicile = async (args: readonly string[], stdin = "", as?: Identity): Promise<Output> => {
  const config = as === undefined ? cluster.session.kubeconfig : await cluster.kubeconfigOf(as);
  const env = { PATH: pathTo(), HOME: folder, KUBECONFIG: config };
  return output(process.execPath, [program, ...args], { stdin, env });
};

const podName = async (): Promise<string> => {
  const { items } = await must(cluster.admin.list<KubeObject>({ apiVersion: "v1", kind: "Pod" }, { namespace }));
  return items[0]?.metadata.name ?? "";
};

test("nodes shows every node with its evidence, its verdict, and since when", async () => {
  const { code, stdout, stderr } = await domicile(["nodes", zone]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^NODE +VERDICT +LABEL +SINCE +REASON +EVIDENCE\n/);
  assert.match(stdout, /^nordic-1 +Verified +yes +20\S+Z +EvidenceConsistent +providerID says ocid1\.instance/m);
  assert.match(stdout, /^nordic-liar +Rejected +no +20\S+Z +LabelContradictsProvider /m);
  assert.match(stdout, /^LabelContradictsProvider: A location label contradicts the providerID\. Find out who/m);
});

test("nodes takes its times from the label's manager and from the zone's status", async () => {
  const { stdout } = await domicile(["nodes", zone, "-o", "json"]);
  const { nodes } = JSON.parse(stdout) as {
    readonly nodes: readonly { readonly name: string; readonly since?: string }[];
  };
  const since = (name: string): string | undefined => nodes.find((node) => node.name === name)?.since;
  const node = await must(cluster.admin.get(ref("v1", "Node", "nordic-1")));
  const writers = node.metadata["managedFields"] as readonly { readonly manager: string; readonly time: string }[];
  assert.equal(since("nordic-1"), writers.find(({ manager }) => manager === "domicile-nodes")?.time);
  const status = await must(cluster.admin.get(zoneRef(zone)));
  const stored = field(status, "status.nodes.notVerified") as readonly {
    readonly name: string;
    readonly since: string;
  }[];
  assert.equal(since("nordic-liar"), stored.find(({ name }) => name === "nordic-liar")?.since);
});

test("explain says of a pod that it is in place, and why", async () => {
  const { code, stdout, stderr } = await domicile(["explain", "pod", `${namespace}/${await podName()}`]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Zone: +nordic \(Enforce\), by the label of namespace cli-nordic, sealed$/m);
  assert.match(stdout, /Place: +in place$/m);
  assert.match(stdout, /Node: +nordic-1 is Verified since 20\S+Z, and bears the zone's label$/m);
  assert.match(stdout, /Created now: +allowed: The pod carries its zone's selector\. \(AlreadyPinned\)$/m);
});

test("explain says of a pod that it is out of place, and what to do", async () => {
  const { code, stdout } = await domicile(["explain", "pod/abroad", "-n", warned]);
  assert.equal(code, 1);
  assert.match(stdout, /Place: +OUT OF PLACE/);
  assert.match(stdout, /nordic-liar is Rejected/);
  assert.match(stdout, /Next: +kubectl delete pod abroad -n cli-nordic-warn; made anew it runs in place\.$/m);
});

test("explain sees that an older node claims the same machine, which no node shows by itself", async () => {
  await addNode(cluster, { name: "nordic-twin", region, providerID: instanceOcid(region, "nordic-1") });
  await must(cluster.admin.create(podOf("twin", warned, { nodeName: "nordic-twin" })));
  const { code, stdout, stderr } = await domicile(["explain", "pod", `${warned}/twin`]);
  await must(cluster.admin.delete(ref("v1", "Pod", "twin", warned), { gracePeriodSeconds: 0 }));
  await must(cluster.admin.delete(ref("v1", "Node", "nordic-twin")));
  await cluster.admin.untilGone(ref("v1", "Pod", "twin", warned), { describe: "the pod is gone" });
  assert.equal(code, 1, stderr);
  assert.match(stdout, /nordic-twin is Rejected.*\n.*\(ProviderIDDuplicated\)/);
  assert.match(stdout, /older node nordic-1 claims the same machine/);
});

test("explain says of a workload whether its template is pinned, by any name that kubectl has", async () => {
  for (const args of [
    ["deployment/web", "-n", namespace],
    ["deploy", `${namespace}/web`],
    [`deployments/${namespace}/web`],
  ]) {
    const { code, stdout, stderr } = await domicile(["explain", ...args]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Template: +carries domicile\.dev\.node-restriction\.kubernetes\.io\/nordic=verified/);
  }
});

test("what explain says of a manifest is what the API server answers", async () => {
  const manifests = [
    podOf("bare", namespace),
    podOf("named", namespace, { nodeName: "nordic-liar" }),
    deploymentOf("more", namespace, 1),
  ];
  const { code, stdout } = await domicile(
    ["explain", "-o", "yaml", "-f", "-"],
    manifests.map((each) => JSON.stringify(each)).join("\n---\n"),
  );
  assert.equal(code, 1);
  type Judgement = {
    readonly outcome: string;
    readonly rule: string;
    readonly problems: readonly { readonly field: string; readonly found: string }[];
  };
  const { judgements } = parse(stdout) as { readonly judgements: readonly Judgement[] };
  assert.deepEqual(
    judgements.map(({ outcome }) => outcome),
    ["pinned", "refused", "pinned"],
  );
  for (const [at, manifest] of manifests.entries()) {
    const { ok, message } = await cluster.admin.create(manifest, { dryRun: true });
    const { outcome, rule, problems } = judgements[at] ?? { outcome: "none", rule: "", problems: [] };
    assert.equal(ok, outcome !== "refused", message);
    for (const part of ok ? [] : [rule, ...problems.map((each) => `${each.field} ${each.found}`)])
      assert.ok(message?.includes(part), `${part} is in: ${message}`);
  }
});

test("what explain says of a namespace that would move is what the API server answers", async () => {
  const manifest = {
    ...ref("v1", "Namespace", namespace),
    metadata: { name: namespace, labels: { "domicile.dev/zone": warning } },
  };
  const { code, stdout, stderr } = await domicile(["explain", "-f", "-"], JSON.stringify(manifest));
  assert.equal(code, 1, stderr);
  const said = /^ +(namespace cli-nordic holds 1 pod \(web-.*\))$/m.exec(stdout)?.[1] ?? stdout;
  assert.match(stdout, /\(NamespaceHoldsData\)/);
  const { status, message } = await cluster.admin.patch(
    ref("v1", "Namespace", namespace),
    { metadata: manifest.metadata },
    { dryRun: true },
  );
  assert.equal(status, 403, message);
  assert.ok(message.includes(said), message);
});

test("what explain says of a namespace that somebody may not move is what the API server answers him", async () => {
  const mover = { user: "mover" };
  const writer = { ...ref("rbac.authorization.k8s.io/v1", "ClusterRole", "cli-mover") };
  await must(
    cluster.admin.create({
      ...writer,
      rules: [
        { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "patch"] },
        { apiGroups: [""], resources: ["pods", "persistentvolumeclaims", "persistentvolumes"], verbs: ["list"] },
        { apiGroups: ["domicile.dev"], resources: ["residencyzones"], verbs: ["list"] },
        { apiGroups: ["domicile.dev"], resources: ["residencyzones"], resourceNames: [warning], verbs: ["use"] },
      ],
    }),
  );
  await must(
    cluster.admin.create({
      ...ref("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "cli-mover"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cli-mover" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: mover.user }],
    }),
  );
  await makeNamespace(cluster, "cli-joins", {});
  const client = await cluster.as(mover);
  const answer = (name: string, to: string) =>
    client.patch(ref("v1", "Namespace", name), { metadata: { labels: { "domicile.dev/zone": to } } }, { dryRun: true });
  await untilStatus(200, () => answer("cli-joins", warning));
  const moves: readonly (readonly [name: string, to: string, reason: string | undefined])[] = [
    ["cli-joins", warning, undefined],
    ["cli-joins", zone, "UseNotGranted"],
    [warned, zone, "UseNotGranted"],
    [namespace, warning, "DeclassifyNotGranted"],
  ];
  for (const [name, to, reason] of moves) {
    const object = { ...ref("v1", "Namespace", name), metadata: { name, labels: { "domicile.dev/zone": to } } };
    const { code, stdout, stderr } = await domicile(["explain", "-f", "-"], JSON.stringify(object), mover);
    const { ok, message } = await answer(name, to);
    assert.equal(code, reason === undefined ? 0 : 1, `${stdout}${stderr}`);
    assert.equal(ok, reason === undefined, message);
    for (const said of reason === undefined ? [] : [stdout, message]) assert.match(said, new RegExp(`\\(${reason}\\)`));
  }
});

test("a namespace whose manifest says nothing of its zone stays in it", async () => {
  const manifests = [ref("v1", "Namespace", namespace), podOf("named", namespace, { nodeName: "nordic-1" })];
  const { code, stdout } = await domicile(
    ["explain", "-f", "-"],
    manifests.map((each) => JSON.stringify(each)).join("\n---\n"),
  );
  assert.equal(code, 1);
  assert.match(stdout, /^allowed +Namespace cli-nordic .*zone nordic \(Enforce\)/m);
  assert.match(stdout, /^REFUSED +Pod cli-nordic\/named .*zone nordic/m);
});

test("preflight names what would break, and nothing once that is mended", async () => {
  const found = await domicile(["preflight", warning]);
  assert.equal(found.code, 1, found.stderr);
  assert.match(
    found.stdout,
    /^BREAKS {2}Pod cli-nordic-warn\/abroad\n.*1 pod \(abroad\) on nordic-liar \(LabelContradictsProvider\)/m,
  );
  assert.match(found.stdout, /^BREAKS {2}namespace cli-nordic-warn: Pod Security becomes baseline$/m);
  assert.match(found.stdout, /^ +abroad: .*host namespaces/m);
  await must(cluster.admin.delete(ref("v1", "Pod", "abroad", warned), { gracePeriodSeconds: 0 }));
  await cluster.admin.untilGone(ref("v1", "Pod", "abroad", warned), { describe: "the pod is gone" });
  const mended = await domicile(["preflight", warning]);
  assert.equal(mended.code, 0, mended.stdout);
  assert.match(mended.stdout, /Asked now, it says nothing against the pods that run\.$/m);
  assert.match(mended.stdout, /: nothing would break\.$/m);
  const { metadata } = await must(cluster.admin.get(ref("v1", "Namespace", warned)));
  assert.equal(metadata.labels?.["pod-security.kubernetes.io/enforce"], undefined, "what was tried is not written");
});

test("egress lists what the policies that stand in the zone's namespaces hold, and why", async () => {
  const { code, stdout, stderr } = await domicile(["egress", zone]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^pods of zone nordic +every port +zone nordic itself +spec\.egress\.withinZone$/m);
  const { stdout: json } = await domicile(["egress", zone, "-o", "json"]);
  const { allowed } = JSON.parse(json) as {
    readonly allowed: readonly { readonly to: unknown; readonly ports: unknown[] }[];
  };
  const policy = await must(
    cluster.admin.get(ref("networking.k8s.io/v1", "NetworkPolicy", "domicile-allow", namespace)),
  );
  assert.deepEqual(
    allowed.map(({ to, ports }) => ({ to, ...(ports.length === 0 ? {} : { ports }) })),
    field(policy, "spec.egress"),
  );
});

test("explain says of a connection which rule lets it through, and which policies do not", async () => {
  const pod = `${namespace}/${await podName()}`;
  const within = await domicile(["explain", "--from", pod, "--to", `${pod}:8080/tcp`]);
  assert.equal(within.code, 0, within.stderr);
  assert.match(
    within.stdout,
    /^ +Out: +allowed by NetworkPolicy domicile-allow of namespace cli-nordic: spec\.egress\[1\]/m,
  );
  assert.match(
    within.stdout,
    /^ +In: +allowed by NetworkPolicy domicile-allow of namespace cli-nordic: spec\.ingress\[0\]/m,
  );
  const away = await domicile(["explain", "--from", pod, "--to", "198.51.100.7:443/tcp"]);
  assert.equal(away.code, 1, away.stderr);
  assert.match(away.stdout, /REFUSED: NetworkPolicies domicile-allow, domicile-isolate of namespace cli-nordic select/);
});

test("graph draws the zone with its namespaces, in both languages", async () => {
  const mermaid = await domicile(["graph", zone]);
  assert.equal(mermaid.code, 0, mermaid.stderr);
  assert.match(mermaid.stdout, /^flowchart LR\n {2}n1\["zone nordic \(Enforce\)<br\/>cli-nordic"\]\n/);
  const dot = await domicile(["graph", zone, "-o", "dot"]);
  assert.match(dot.stdout, /^digraph domicile \{\n[^]*\n\}\n$/);
});

test("plan of what is applied already is empty, and of an approval more it ends with 2 and says what Domicile then writes", async () => {
  const same = await domicile(["plan", "-f", planned]);
  assert.equal(same.code, 0, `${same.stdout}${same.stderr}`);
  assert.match(same.stdout, /: nothing of their network changes\.\n$/);
  const networks = [{ name: "partner", cidrs: ["203.0.113.0/24"], ports: [{ protocol: "TCP", port: 443 }] }];
  const more = await domicile(["plan", "-f", "-", "-o", "json"], JSON.stringify(manifestOf({ networks })));
  assert.equal(more.code, 2, more.stderr);
  const { zones } = JSON.parse(more.stdout) as { readonly zones: readonly Record<string, unknown>[] };
  assert.deepEqual(
    zones.map(({ zone: name, closes, opens, policies }) => ({ name, closes, opens, policies })),
    [
      {
        name: zone,
        closes: [],
        opens: [
          {
            direction: "egress",
            why: { kind: "network", network: "partner" },
            field: "spec.egress.networks[0]",
            addresses: ["203.0.113.0/24"],
            pods: [],
            ports: [{ protocol: "TCP", port: 443, endPort: 443 }],
          },
        ],
        policies: [{ change: "replace", namespace, name: "domicile-allow" }],
      },
    ],
  );
});

test("as kubectl-domicile it is a plugin of the real kubectl", async () => {
  const kubectl = cluster.session.programs.kubectl ?? "kubectl";
  const env = { PATH: pathTo(process.execPath), HOME: folder, KUBECONFIG: cluster.session.kubeconfig };
  const run = (args: readonly string[]): Promise<Output> => output(kubectl, args, { env });
  const listed = await run(["plugin", "list"]);
  assert.match(listed.stdout, /kubectl-domicile$/m, listed.stderr);
  const explained = await run(["domicile", "explain", "pod", `${namespace}/${await podName()}`]);
  assert.equal(explained.code, 0, explained.stderr);
  assert.match(explained.stdout, /Place: +in place$/m);
  const refused = await run(["domicile", "explain", "pod"]);
  assert.match(refused.stderr, /^kubectl domicile: "pod" names no object;/);
});

test("a reader with the role of the examples may ask all there is, and one without is told what is missing", async () => {
  const reader = { user: "reader" };
  const [role] = parseAllDocuments(readFileSync(join(root, "examples", "reader-role.yaml"), "utf8"));
  await must(cluster.admin.create(role?.toJS() as KubeObject));
  const binding = {
    ...ref("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "domicile-reader"),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "domicile-reader" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "reader" }],
  };
  const asked = [
    ["nodes", zone],
    ["egress", zone],
    ["audit", zone],
    ["plan", "-f", planned],
    ["graph", zone],
    ["explain", "--from", `${namespace}/${await podName()}`, "--to", `${namespace}/${await podName()}:8080/tcp`],
    ["preflight", warning],
    ["explain", "pod", `${namespace}/${await podName()}`],
    ["explain", "deployment/web", "-n", namespace],
  ];
  for (const args of asked) {
    const { code, stderr, stdout } = await domicile(args, "", reader);
    assert.match(stderr, /^domicile: you may not (get|list) \S+; ask for a role that allows it\.\n$/);
    assert.deepEqual({ code, stdout }, { code: 3, stdout: "" });
  }
  await must(cluster.admin.create(binding as KubeObject));
  await untilMay(cluster, reader.user, { verb: "list", group: "batch", resource: "cronjobs" });
  for (const args of asked) {
    const { code, stderr } = await domicile(args, "", reader);
    assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  }
});

test("where there is no answer it says why in one sentence, with exit code 3", async () => {
  const sentences: Readonly<Record<string, RegExp>> = {
    "nodes none": /^domicile: zone none does not exist; kubectl get rz lists them\.\n$/,
    "egress none": /^domicile: zone none does not exist; kubectl get rz lists them, or give its file by -f\.\n$/,
    "explain --from none --to 10.0.0.1:1": /^domicile: pod default\/none does not exist; check the name and -n\.\n$/,
    "preflight none": /^domicile: zone none does not exist;/,
    "explain pod none": /^domicile: pod default\/none does not exist; check the name and -n\.\n$/,
    "explain job/none -n cli-nordic": /^domicile: Job cli-nordic\/none does not exist;/,
  };
  for (const [line, says] of Object.entries(sentences)) {
    const { code, stderr } = await domicile(line.split(" "));
    assert.match(stderr, says);
    assert.equal(code, 3);
  }
});

test("a cluster that is away, or that knows nobody of the name, is said in one sentence", async () => {
  const { authority, admin } = cluster.session;
  const stranger = await clientCertificate(await makeAuthority("another authority"), { user: "stranger" });
  const away: Readonly<Record<string, readonly [config: string, says: RegExp]>> = {
    away: [
      kubeconfig("https://127.0.0.1:1", authority.cert, admin),
      /^domicile: 127\.0\.0\.1:1 cannot be reached \(.*ECONNREFUSED.*\); check --context, and whether kubectl reaches it\.\n$/,
    ],
    stranger: [
      kubeconfig(apiServerUrl, authority.cert, stranger),
      /^domicile: \S+ does not know you \(Unauthorized\); log in again/,
    ],
  };
  for (const [name, [config, says]] of Object.entries(away)) {
    const file = join(folder, `${name}.kubeconfig`);
    writeFileSync(file, config);
    const { code, stderr } = await domicile(["nodes", zone, "--kubeconfig", file]);
    assert.match(stderr, says);
    assert.equal(code, 3);
  }
});

test("the commands of the README run", async () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const block = /## Ask why\n[\s\S]*?```\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const here: readonly (readonly [string, string])[] = [
    ["payments/api-0", `${namespace}/${await podName()}`],
    ["deployment/ledger -n payments", `deployment/web -n ${namespace}`],
    ["nodes us", `nodes ${zone}`],
    ["preflight us", `preflight ${zone}`],
    ["egress us", `egress ${zone}`],
    ["graph us", `graph ${zone}`],
  ];
  const commands = here
    .reduce((text, [there, name]) => text.replace(there, name), block)
    .trim()
    .split("\n");
  assert.equal(commands.length, 12);
  const kubectl = dirname(cluster.session.programs.kubectl ?? "kubectl");
  const path = [join(folder, ".local", "bin"), kubectl, dirname(process.execPath), process.env["PATH"]].join(":");
  const env = { PATH: path, HOME: folder, KUBECONFIG: cluster.session.kubeconfig };
  for (const command of commands) {
    const { code, stderr } = await output("sh", ["-c", command], { env, cwd: root });
    assert.equal(code, 0, `${command}: ${stderr}`);
  }
});

test("kubeconfig and context are kubectl's own flags", async () => {
  const config = cluster.session.kubeconfig;
  const elsewhere = { PATH: pathTo(), HOME: folder };
  const run = (args: readonly string[]): Promise<Output> =>
    output(process.execPath, [program, "nodes", zone, ...args], { env: elsewhere });
  assert.equal((await run(["--kubeconfig", config])).code, 0);
  assert.equal((await run([`--kubeconfig=${config}`, "--context", "domicile-test"])).code, 0);
  const unknown = await run(["--kubeconfig", config, "--context", "nowhere"]);
  assert.match(unknown.stderr, /context "nowhere"; check --kubeconfig and --context\.\n$/);
  assert.equal(unknown.code, 2);
  const none = await run(["--kubeconfig", join(folder, "none")]);
  assert.match(none.stderr, /none cannot be used: .*; check --kubeconfig and --context\.\n$/);
  assert.equal(none.code, 2);
});
