import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNodes } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { untilStatus } from "../native/guards.ts";
import { bindVia, doors, letBind, nodeOf, waitingPod, type Said } from "./binder.ts";
import { applyZone, joinZone, makeNamespace, untilLetIn, untilZone } from "./domicile.ts";
import { namespaceOf, relabel, untilEvent } from "./resources.ts";

const zone = "gate";
const namespace = "gate-pods";
const home = "gate-zurich-1";
const abroad = "gate-toronto-1";
const unverified = "gate-blank-1";
const scheduler = "gate-scheduler";
const kubeScheduler = "system:kube-scheduler";
const nodes = { provider: "OCI", regions: ["eu-zurich-1"] };
/** Harmless, and enough that a trusted scheduler's Binding is looked at. */
const annotations = { "scheduler.example.com/gpu": "0" };

const to = (name: string, more: Said["target"] = {}): Said => ({ target: { kind: "Node", name, ...more } });

let cluster: Cluster;
let trusted: Client;

before(async () => {
  cluster = await connect();
  trusted = await cluster.as({ user: scheduler });
  await applyZone(cluster, zone, { nodes, schedulers: [kubeScheduler, scheduler] });
  await addNodes(cluster, [
    { name: home, region: "eu-zurich-1" },
    { name: "gate-zurich-bare", region: "eu-zurich-1", zoneLabel: null },
    { name: abroad, region: "ca-toronto-1" },
    { name: unverified, region: "eu-zurich-1", providerID: null },
  ]);
  await untilZone(cluster, zone, "NodesVerified", "True");
  for (const name of [home, "gate-zurich-bare"])
    await cluster.admin.until<KubeObject>(
      ref("v1", "Node", name),
      ({ metadata }) => metadata.labels?.[`domicile.dev.node-restriction.kubernetes.io/${zone}`] === "verified",
      { describe: `${name} is verified` },
    );
  await joinZone(cluster, namespace, zone);
  await letBind(cluster, namespace, [scheduler, kubeScheduler, "jane"]);
  await waitingPod(cluster, namespace, "waits");
  // An API server takes a second to heed that a native policy changed.
  await untilStatus(201, () =>
    bindVia(trusted, "pods/binding", { namespace, name: "waits" }, { ...to(home), dryRun: true }),
  );
});
after(() => cluster.close());

const refused: Readonly<Record<string, readonly [Said, RegExp]>> = {
  "a foreign node (P2)": [
    to(abroad),
    /zone gate: target\.name is "gate-toronto-1", which is Rejected: .*ca-toronto-1.*\(BindingNodeNotVerified\)/,
  ],
  "a node that is not verified (P2)": [to(unverified), /which is Unknown: .*\(BindingNodeNotVerified\)/],
  "a node that does not exist (P2)": [to("gate-nowhere"), /target\.name is "gate-nowhere".*\(BindingNodeUnknown\)/],
  "a verified node by another uid (P2)": [
    to(home, { uid: "00000000-0000-0000-0000-000000000000" }),
    /target\.uid is "0{8}-.*\(BindingNodeReplaced\)/,
  ],
  "a foreign node without the kind, which the API server takes for Node (P2)": [
    { target: { name: abroad } },
    /\(BindingNodeNotVerified\)/,
  ],
  // The API server says so itself, before it asks anybody, and with a status of 500.
  "another kind (P2)": [to(home, { kind: "Pod" }), /target\.kind: Unsupported value: "Pod"|\(BindingTargetNotNode\)/],
  "a zone label of a node that has none (P3)": [
    { ...to("gate-zurich-bare"), labels: { "topology.kubernetes.io/zone": "EU-ZURICH-1-AD-1" } },
    /metadata\.labels\[topology\.kubernetes\.io\/zone\] is "EU-ZURICH-1-AD-1".*\(BindingLabel\)/,
  ],
  "another region where the API server fills in none (P3)": [
    { target: { name: home }, labels: { "topology.kubernetes.io/region": "ca-toronto-1" } },
    /metadata\.labels\[topology\.kubernetes\.io\/region\] is "ca-toronto-1".*\(BindingLabel\)/,
  ],
  "our label (P3)": [{ ...to(home), labels: { "domicile.dev/zone": "eu" } }, /domicile\.dev\/zone.*\(BindingLabel\)/],
  "a label that policies may select by (P3)": [{ ...to(home), labels: { app: "gateway" } }, /\(BindingLabel\)/],
  "our annotation (P3)": [
    { ...to(home), annotations: { "domicile.dev/digest": "x" } },
    /metadata\.annotations\[domicile\.dev\/digest\] is set.*\(BindingAnnotation\)/,
  ],
  "an additional network (P3)": [
    { ...to(home), annotations: { "k8s.v1.cni.cncf.io/networks": "macvlan" } },
    /\(BindingAnnotation\)/,
  ],
  "the annotation by which a kubelet unconfines a container (P3)": [
    { ...to(home), annotations: { "container.apparmor.security.beta.kubernetes.io/main": "unconfined" } },
    /\(BindingAnnotation\)/,
  ],
};

test("P2 what a trusted scheduler sends is judged through both doors as soon as it says more than it must (P3)", async () => {
  await waitingPod(cluster, namespace, "judged");
  for (const [what, [said, sentence]] of Object.entries(refused))
    for (const door of doors) {
      const pod = { namespace, name: "judged" };
      const answer = await bindVia(trusted, door, pod, {
        ...said,
        annotations: { ...annotations, ...said.annotations },
      });
      assert.ok(!answer.ok, `${what}, ${door}`);
      assert.match(answer.message, sentence, `${what}, ${door}`);
    }
  assert.equal(await nodeOf(cluster, namespace, "judged"), undefined);
});

test("P2 nobody binds a pod abroad: not an administrator, not who may create bindings, not the scheduler's name at the other door", async () => {
  await waitingPod(cluster, namespace, "sought");
  const clients = [cluster.admin, await cluster.as({ user: "jane" })];
  const answers = [];
  for (const client of clients)
    for (const door of doors) answers.push(await bindVia(client, door, { namespace, name: "sought" }, to(abroad)));
  // What Kubernetes' own scheduler never sends is not let in by its name.
  const named = await cluster.as({ user: kubeScheduler });
  answers.push(await bindVia(named, "bindings", { namespace, name: "sought" }, to(abroad)));
  answers.push(await bindVia(named, "pods/binding", { namespace, name: "sought" }, { target: { name: abroad } }));
  const uid = "00000000-0000-0000-0000-000000000000";
  answers.push(await bindVia(named, "pods/binding", { namespace, name: "sought" }, to(home, { uid })));
  const labels = { app: "gateway" };
  answers.push(await bindVia(named, "pods/binding", { namespace, name: "sought" }, { ...to(home), labels }));
  for (const { status, message } of answers) assert.equal(status, 403, message);
  assert.equal(await nodeOf(cluster, namespace, "sought"), undefined);
});

test("P1 a Binding takes no pod to a node that is not verified or is not there, whoever sends it", async () => {
  await waitingPod(cluster, namespace, "nowhere");
  for (const node of [unverified, "gate-nowhere"])
    for (const door of doors) {
      const { status, message } = await bindVia(cluster.admin, door, { namespace, name: "nowhere" }, to(node));
      assert.equal(status, 403, message);
    }
  assert.equal(await nodeOf(cluster, namespace, "nowhere"), undefined);
});

test("P3 a region never comes upon a pod that is not its node's", async () => {
  await waitingPod(cluster, namespace, "region");
  const labels = { "topology.kubernetes.io/region": "ca-toronto-1" };
  const { ok, message } = await bindVia(
    trusted,
    "pods/binding",
    { namespace, name: "region" },
    { ...to(home), labels },
  );
  const { metadata } = await must(cluster.admin.get<KubeObject>(ref("v1", "Pod", "region", namespace)));
  // Since 1.35 the API server has written the node's own over it before anybody is asked. Until then it writes none.
  if (ok) assert.ok([undefined, "eu-zurich-1"].includes(metadata.labels?.["topology.kubernetes.io/region"]));
  else assert.match(message, /\(BindingLabel\)/);
});

test("a scheduler that is named in spec.schedulers binds to verified nodes, also with an annotation of its own", async () => {
  for (const [name, door, more] of [
    ["plain", "pods/binding", {}],
    ["annotated", "pods/binding", { annotations }],
    ["legacy", "bindings", { annotations }],
  ] as const) {
    await waitingPod(cluster, namespace, name);
    const { status, message } = await bindVia(trusted, door, { namespace, name }, { ...to(home), ...more });
    assert.equal(status, 201, message);
    const pod = await cluster.admin.until<KubeObject>(
      ref("v1", "Pod", name, namespace),
      (now) => field(now, "status.phase") === "Running",
      { describe: `pod ${name} runs` },
    );
    assert.equal(field(pod, "spec.nodeName"), home);
  }
});

test("E10 in a namespace that is not sealed nothing is bound, not even by Kubernetes' own scheduler", async () => {
  const early = "gate-early";
  await must(cluster.admin.create(namespaceOf(early)));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", early), () => true, {
    describe: `${early} has its service account`,
  });
  await waitingPod(cluster, early, "early");
  await relabel(cluster.admin, early, { "domicile.dev/zone": zone });
  await cluster.admin.until<KubeObject>(
    ref("domicile.dev/v1alpha1", "ResidencyZone", zone),
    (now) => JSON.stringify(field(now, "status.conditions")).includes(`${early} (1 waiting pods lack the selector`),
    { describe: "the pod hinders sealing" },
  );
  await letBind(cluster, early, [kubeScheduler]);
  const named = await cluster.as({ user: kubeScheduler });
  for (const node of [abroad, home]) {
    const { status, message } = await bindVia(named, "pods/binding", { namespace: early, name: "early" }, to(node));
    assert.equal(status, 403, message);
    assert.match(message, /namespace gate-early is not sealed.*\(NamespaceNotSealed\)/);
  }
});

const tryAbroad = (at: string, dryRun: boolean): Promise<Answer<KubeObject>> =>
  bindVia(cluster.admin, "pods/binding", { namespace: at, name: "abroad" }, { ...to(abroad), dryRun });

test("zones in Warn tell the binder, zones in Audit an event, and both let in; a namespace outside is not asked about", async () => {
  // What warns comes last: an API server that heeds it has heeded all that was registered before.
  const lenient = { audited: "gate-audited", outside: "gate-outside", warned: "gate-warned" };
  await applyZone(cluster, lenient.audited, { enforcement: "Audit", nodes });
  await applyZone(cluster, lenient.warned, { enforcement: "Warn", nodes });
  for (const name of Object.values(lenient)) {
    const labels = name === lenient.outside ? {} : { "domicile.dev/zone": name };
    await makeNamespace(cluster, name, labels);
    await cluster.admin.until(ref("v1", "ServiceAccount", "default", name), () => true, {
      describe: `${name} has its service account`,
    });
    if (name !== lenient.outside) {
      await cluster.admin.until<KubeObject>(
        ref("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "domicile"),
        (now) => JSON.stringify(now["webhooks"]).includes(`"${name}.lenient.bindings.domicile.dev"`),
        { describe: `bindings in ${name} are judged` },
      );
      await untilLetIn(cluster, name);
    }
    await waitingPod(cluster, name, "abroad");
    await untilStatus(201, () => tryAbroad(name, true));
  }
  const told = await askUntil(
    () => tryAbroad(lenient.warned, true),
    ({ warnings }) => warnings.length > 0,
    { describe: "the binder is warned" },
  );
  assert.match(told.warnings.join(), /zone gate-warned: target\.name is .*\(BindingNodeNotVerified\)/);
  for (const name of Object.values(lenient)) {
    const answer = await tryAbroad(name, false);
    assert.equal(answer.status, 201, answer.message);
    if (name !== lenient.warned) assert.deepEqual(answer.warnings, []);
  }
  assert.match(await untilEvent(cluster, lenient.audited, "BindingNodeNotVerified"), /gate-toronto-1/);
});
