import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { apiServerAddress, apiServerPort } from "../cluster/addresses.ts";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { startKubelet, type Kubelet } from "../cluster/kubelet.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { addOutsideHosts, type OutsideHosts } from "../cluster/outside.ts";
import { idle, packetsPossible } from "../cluster/packets.ts";
import { startRouter } from "../cluster/router.ts";
import { output, type Output } from "../cluster/spawned.ts";
import { applyZone, installDomicile, joinZone, untilZone } from "../e2e/domicile.ts";
import { namespaceOf, untilCondition } from "../e2e/resources.ts";
import { closeStage, inside, openStage, outside, zone, type Stage } from "./stage.ts";

const root = join(import.meta.dirname, "..", "..");
const program = join(root, "dist", "domicile.js");
const node = join(root, "node_modules", ".bin", "node");
const [approved, foreign] = ["198.51.100.10", "203.0.113.10"];
const jobs = { apiVersion: "batch/v1", kind: "Job" };
const labels = { "app.kubernetes.io/name": "domicile-probe", "app.kubernetes.io/managed-by": "domicile-cli" };

let stage: Stage;
let kubelet: Kubelet;
let hosts: OutsideHosts;

before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  // What a zone's pod names as its command runs, by this machine's Node; what names none only has to be there.
  kubelet = await startKubelet(cluster, {
    name: "phoenix-1",
    region: "us-phoenix-1",
    labels: { "domicile.test/kubelet": null },
    run: ({ command: [, ...words] = [], args = [] }) => (words.length > 0 ? [node, ...words, ...args] : idle()),
  });
  hosts = await addOutsideHosts([approved, foreign], { tcp: [443] });
  await installDomicile(cluster);
  await applyZone(cluster, zone, {
    nodes: { provider: "OCI", regions: ["us-phoenix-1"] },
    egress: { networks: [{ name: "partner", cidrs: [`${approved}/32`], ports: [{ protocol: "TCP", port: 443 }] }] },
  });
  await untilZone(cluster, zone, "NodesVerified", "True");
  await joinZone(cluster, inside, zone);
  await must(cluster.admin.create(namespaceOf(outside)));
  // A probe has to be let in where Pod Security is as strict as it gets.
  for (const name of [inside, outside])
    await must(
      cluster.admin.patch(ref("v1", "Namespace", name), {
        metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      }),
    );
});
after(async () => {
  await hosts.remove();
  await kubelet.stop();
  await closeStage(stage, "phoenix-1");
});

const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: root,
  KUBECONFIG: stage.cluster.session.kubeconfig,
});
const probe = (...args: readonly string[]): Promise<Output> =>
  output(process.execPath, [program, "probe", zone, ...args], { env: environment() });

/** What a probe must leave behind, whatever came of it. */
const leavesNothing = async (): Promise<void> => {
  for (const namespace of [inside, outside]) {
    const { body } = await stage.cluster.admin.list<KubeObject>(jobs, { namespace });
    assert.deepEqual(body.items, []);
    await stage.cluster.admin.untilList<KubeObject>({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.length === 0, {
      namespace,
      describe: `the probe's pod in ${namespace} is gone`,
    });
  }
};

describe("where nothing enforces", { concurrency: true }, () => {
  test("a probe connects to what is forbidden, and says so", async () => {
    const { code, stdout, stderr } = await probe("--forbidden", `${foreign}:443`);
    assert.equal(code, 1, stderr);
    assert.match(stdout, new RegExp(`^Zone us, from pod ${inside}/domicile-probe-\\S+ on node phoenix-1\n`));
    assert.match(stdout, /^198\.51\.100\.10:443 +network partner +the zone +connects +connected \(/m);
    assert.match(stdout, /^203\.0\.113\.10:443 +approved by nothing +the zone +does not +connected \(/m);
    assert.match(stdout, /^OPEN: /m);
  });

  test("without being told it tries the API server, which the zone keeps closed", async () => {
    const { code, stdout } = await probe("-o", "json");
    const { verdict, forbidden } = JSON.parse(stdout) as { readonly verdict: string; readonly forbidden: object };
    const apiServer = { address: apiServerAddress, port: apiServerPort, what: "the API server" };
    assert.deepEqual([code, verdict, forbidden], [1, "open", apiServer]);
  });

  test("a connection that comes about neither in the zone nor outside it shows nothing", async () => {
    const { code, stdout } = await probe("--forbidden", `${foreign}:81`, "--compare-namespace", outside);
    assert.equal(code, 3);
    assert.match(stdout, /^203\.0\.113\.10:81 .* does not +ECONNREFUSED \(3 tries\)$/m);
    assert.match(stdout, /^NOT SHOWN: a pod outside the zone did not reach 203\.0\.113\.10:81 either/m);
  });

  test("nor does one that is compared with nothing", async () => {
    const { code, stdout } = await probe("--forbidden", `${foreign}:81`);
    assert.equal(code, 3);
    assert.match(stdout, /^NOT SHOWN: no connection to 203\.0\.113\.10:81 came about/m);
  });

  test("nor one of a pod that reaches nothing at all", async () => {
    const { code, stdout } = await probe("--approved", `${approved}:81`, "--forbidden", `${foreign}:81`);
    assert.equal(code, 3);
    assert.match(stdout, /^NOT SHOWN: what the zone approves was not reached/m);
  });
});

test("none of these left anything behind", leavesNothing);

test("a probe that is interrupted takes away what it made", async () => {
  const child = spawn(process.execPath, [program, "probe", zone, "--forbidden", `${foreign}:443`], {
    env: environment(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  await stage.cluster.admin.untilList<KubeObject>(jobs, (all) => all.length > 0, {
    namespace: inside,
    describe: "the probe has made its Job",
  });
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  assert.equal(code, 3, said.join(""));
  assert.match(said.join(""), /interrupted/);
  await leavesNothing();
});

test("a probe whose pod never starts says what it waits for, and takes it away", async () => {
  const { admin } = stage.cluster;
  await must(admin.patch(ref("v1", "Node", "phoenix-1"), { spec: { unschedulable: true } }));
  const { code, stderr } = await probe("--timeout", "5s");
  await must(admin.patch(ref("v1", "Node", "phoenix-1"), { spec: { unschedulable: null } }));
  assert.equal(code, 3);
  assert.match(stderr, /pod payments\/domicile-probe-\S+ did not end: .*nodes are available.*what was made is deleted/);
  await leavesNothing();
});

test("what somebody's probe left behind the next one takes away", async () => {
  const { admin } = stage.cluster;
  await must(
    admin.create<KubeObject>({
      ...ref("batch/v1", "Job", "domicile-probe-left", inside),
      metadata: {
        name: "domicile-probe-left",
        namespace: inside,
        labels,
        annotations: { "domicile.dev/probe-expires": "2026-01-01T00:00:00Z" },
      },
      // A Job that runs nothing.
      spec: { completions: 0, template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } },
    }),
  );
  await probe("--forbidden", `${foreign}:81`);
  await leavesNothing();
});

test("whoever may not make a Job is told so", async () => {
  const { cluster } = stage;
  const resources = [
    "residencyzones.domicile.dev,remoteclusters.domicile.dev,namespaces,nodes,services,networkpolicies.networking.k8s.io",
    "servicecidrs.networking.k8s.io,endpointslices.discovery.k8s.io,deployments.apps,jobs.batch",
  ].join(",");
  await cluster.kubectl(["create", "clusterrole", "probe-reader", "--verb=list", `--resource=${resources}`]);
  await cluster.kubectl([
    "create",
    "clusterrolebinding",
    "probe-reader",
    "--clusterrole=probe-reader",
    "--user=reader",
  ]);
  const KUBECONFIG = await cluster.kubeconfigOf({ user: "reader", groups: [] });
  const { code, stderr } = await askUntil(
    () => output(process.execPath, [program, "probe", zone], { env: { ...environment(), KUBECONFIG } }),
    (one) => !one.stderr.includes("may not list"),
    { describe: "the reader may read" },
  );
  await cluster.kubectl(["delete", "clusterrolebinding/probe-reader", "clusterrole/probe-reader"]);
  assert.equal(code, 3);
  assert.match(stderr, /jobs\.batch is forbidden: User "reader" cannot create resource "jobs"/);
});

/** What an enforcer's manifests install, as far as it is known by. */
const enforcer = {
  ...ref("apps/v1", "DaemonSet", "kube-router", "kube-system"),
  spec: {
    selector: { matchLabels: { app: "kube-router" } },
    template: {
      metadata: { labels: { app: "kube-router" } },
      spec: {
        hostNetwork: true,
        tolerations: [{ operator: "Exists" }],
        containers: [
          { name: "kube-router", image: "cloudnativelabs/kube-router:v2.6.1", securityContext: { privileged: true } },
        ],
      },
    },
  },
};

test("an enforcer that is known is found on the zone's nodes, and missed when it goes", async () => {
  const { cluster } = stage;
  await untilCondition(cluster, zone, "Enforced", { status: "Unknown", reason: "EnforcerUnknown" });
  const made = await must(cluster.admin.create<KubeObject>(enforcer));
  await untilCondition(cluster, zone, "Enforced", {
    status: "True",
    reason: "EnforcerFound",
    message: /kube-router \(DaemonSet kube-system\/kube-router, image .*\)\. Ready on 1 verified node\./,
  });
  await must(cluster.admin.patch(made, { spec: { template: { spec: { nodeSelector: { "no.such/node": "" } } } } }));
  await untilCondition(cluster, zone, "Enforced", {
    status: "False",
    reason: "EnforcerMissing",
    message: /It has no pod on 1 of 1 verified node: phoenix-1\./,
  });
  await must(cluster.admin.delete(made));
  await untilCondition(cluster, zone, "Enforced", { status: "Unknown", reason: "EnforcerUnknown" });
});

test("with kube-router a probe proves that the zone is closed", async (t: TestContext) => {
  const possible = packetsPossible(stage.cluster);
  if (possible !== true) return t.skip(`packets not tested: ${possible.why}`);
  const router = await startRouter(stage.cluster, kubelet);
  t.after(() => router.stop());
  // kube-router learns of a pod when it has started, so what is forbidden may be open at first, and on a slow machine for all of a probe.
  const { code, stdout } = await askUntil(
    () => probe("--forbidden", `${foreign}:443`, "--compare-namespace", outside),
    (one) => !one.stdout.includes("OPEN:"),
    { describe: "kube-router closes a zone's pod while it probes" },
  );
  assert.match(stdout, /^198\.51\.100\.10:443 +network partner +the zone +connects +connected/m);
  assert.match(stdout, /^203\.0\.113\.10:443 +approved by nothing +outside +connects +connected/m);
  if (code === 0) assert.match(stdout, /^ENFORCED: .*\nThis shows these two targets, from phoenix-1, now\./m);
  else assert.match(stdout, /^LATE: a pod of the zone connected .* until [0-9.]+ s after it began/m);
  await leavesNothing();
});

test("a probe of a zone that does not enforce is not run", async () => {
  const { cluster } = stage;
  const spec = field(
    await must(cluster.admin.get(ref("domicile.dev/v1alpha1", "ResidencyZone", zone))),
    "spec",
  ) as object;
  await applyZone(cluster, zone, { ...spec, enforcement: "Warn" });
  const { code, stderr } = await probe();
  assert.equal(code, 3);
  assert.match(stderr, /zone us is set to Warn, so nothing is closed/);
});
