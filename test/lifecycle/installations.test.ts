import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import type { Component } from "../cluster/component.ts";
import { testChart, upgradeChart } from "../cluster/helm.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { bindVia, letBind, waitingPod, type Door, type Said } from "../e2e/binder.ts";
import { home, installDomicile, release, untilZone, values } from "../e2e/domicile.ts";
import { policy, readSpecs, type Specs } from "../e2e/policies.ts";
import { deploymentOf, namespaceOf, podOf } from "../e2e/resources.ts";
import { rival, startRival } from "../e2e/rival.ts";
import { guardMatrix, installations, type Attempt, type Installation, type Outcome } from "../generate/guard-matrix.ts";
import {
  addTurning,
  everywhere,
  giveRoom,
  lured,
  podFor,
  refuseEverywhere,
  runEverywhere,
  turned,
  turning,
} from "./running-attempts.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, outside, type Stage } from "./stage.ts";

const unsealed = "installations-unsealed";
const abroad = "installations-london-1";
const registration = "admissionregistration.k8s.io/v1";
const chosen: Readonly<Record<Installation, object>> = {
  both: {},
  "webhooks only": { nativePolicies: { enabled: false } },
  "native only": { webhook: { enabled: false } },
};

const rbac = "rbac.authorization.k8s.io";
const namespaceWriter: readonly Manifest[] = [
  {
    ...ref(`${rbac}/v1`, "ClusterRole", "installations-writer"),
    rules: [{ apiGroups: [""], resources: ["namespaces", "namespaces/status"], verbs: ["patch"] }],
  },
  {
    ...ref(`${rbac}/v1`, "ClusterRoleBinding", "installations-writer"),
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "installations-writer" },
    subjects: [{ apiGroup: rbac, kind: "User", name: rival }],
  },
];

let stage: Stage;
/** Whether native policy can pin pods: from Kubernetes 1.36 on. */
let mutates = false;
let second: Component;
/** The NetworkPolicies of the namespace as both halves leave them. */
let isolation: Specs;
before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  type Served = { readonly resources: readonly { readonly name: string }[] };
  const served = await must(cluster.admin.send<Served>({ method: "GET", path: `/apis/${registration}` }));
  mutates = served.resources.some(({ name }) => name === "mutatingadmissionpolicies");
  // From before anybody refused a label that names no zone.
  await must(cluster.admin.create(namespaceOf(unsealed, { "domicile.dev/zone": "nowhere" })));
  await installDomicile(cluster);
  await furnish(stage);
  await addNode(cluster, { name: abroad, region: "uk-london-1" });
  await giveRoom(cluster, abroad);
  await addTurning(cluster);
  await waitingPod(cluster, inside, "waits");
  await letBind(cluster, inside, [rival]);
  for (const object of namespaceWriter) await must(cluster.admin.create(object));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", unsealed), () => true, {
    describe: "its service account is there",
  });
  isolation = await readSpecs(cluster, inside);
  second = await startRival(cluster);
});
after(async () => {
  await second?.stop();
  for (const object of namespaceWriter) await stage.cluster.admin.delete(object);
  await stage.cluster.admin.delete(ref("v1", "Namespace", unsealed));
  await closeStage(stage, abroad, turning);
});

const install = async (installation: Installation): Promise<void> => {
  const wanted = { ...values, ...chosen[installation] };
  const flags = ["--wait", "--timeout", "120s"];
  const { code, stderr } = await upgradeChart(stage.cluster, { release, namespace: home, values: wanted, flags });
  assert.equal(code, 0, stderr);
};

/** What each installation has of what judges pods. */
const objects: readonly (readonly [kind: string, name: string, halves: readonly Installation[]])[] = [
  ["MutatingWebhookConfiguration", "domicile", ["both", "webhooks only"]],
  ["ValidatingWebhookConfiguration", "domicile", ["both", "webhooks only"]],
  ["ValidatingAdmissionPolicy", "domicile-pods", ["both", "native only"]],
  ["ValidatingAdmissionPolicyBinding", "domicile-pods", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-bindings", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-membership", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-containment", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-approvals", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-exposure", ["both", "native only"]],
  ["ValidatingAdmissionPolicy", "domicile-sealed-label", ["both", "native only"]],
];

const region = "topology.kubernetes.io/region";
const term = (value: string) => ({
  matchExpressions: [{ key: region, operator: "In", values: [value] }],
});
const terms = (...nodeSelectorTerms: readonly object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const pinned = { nodeSelector: { [nodeLabel]: "verified" } };
const pod = (spec: object, annotations: Readonly<Record<string, string>> = {}, namespace = inside): Manifest => {
  const made = podOf("attempt", namespace, spec);
  return { ...made, metadata: { ...made.metadata, annotations } };
};
type Try = () => Promise<Answer<KubeObject> | Outcome>;
const create =
  (object: Manifest): Try =>
  () =>
    stage.cluster.admin.create(object, { dryRun: true });
const label =
  (target: Manifest, labels: Readonly<Record<string, string | null>>, subresource?: string): Try =>
  () =>
    stage.cluster.admin.patch(target, { metadata: { labels } }, { dryRun: true, ...(subresource && { subresource }) });
/** A Binding of the pod that waits, as a dry run. */
const bind =
  (user: string | undefined, door: Door, name: string, more: Said = {}) =>
  async (): Promise<Answer<KubeObject>> => {
    const client = user === undefined ? stage.cluster.admin : await stage.cluster.as({ user });
    const said = { target: { kind: "Node", name }, dryRun: true, ...more };
    return bindVia(client, door, { namespace: inside, name: "waits" }, said);
  };
/** A Service of the zone's pods that opens a port of every node. */
const nodePort = {
  ...ref("v1", "Service", "opened", inside),
  spec: { type: "NodePort", selector: { app: "opened" }, ports: [{ port: 443 }] },
} as Manifest;
/** What would be behind a Service, at an address outside. */
const sliceAbroad = {
  ...ref("discovery.k8s.io/v1", "EndpointSlice", "abroad", inside),
  addressType: "IPv4",
  endpoints: [{ addresses: ["198.51.100.7"] }],
  ports: [{ port: 443 }],
} as Manifest;
/** A NetworkPolicy of somebody else's in the zone. */
const widening = (egress: readonly object[]): Manifest => ({
  ...policy("widening", inside),
  spec: { podSelector: {}, policyTypes: ["Egress"], egress },
});
const scheduler = "system:kube-scheduler";
const foreign = "domicile.dev.node-restriction.kubernetes.io/eu";
/** Somebody who may write every namespace puts one into a zone, or takes it out; a refusal is to be for this reason. */
const move =
  (user: string | undefined, namespace: string, zone: string | null, reason: string, subresource?: string) =>
  async (): Promise<Answer<KubeObject>> => {
    const client = user === undefined ? stage.cluster.admin : await stage.cluster.as({ user });
    const labels = { "domicile.dev/zone": zone };
    const options = { dryRun: true, ...(subresource === undefined ? {} : { subresource }) };
    const answer = await client.patch<KubeObject>(ref("v1", "Namespace", namespace), { metadata: { labels } }, options);
    // An API server asks webhooks side by side, and shows one answer.
    if (!answer.ok) assert.match(answer.message, new RegExp(`\\((${reason})\\)`));
    return answer;
  };

const attempts: Readonly<Record<Attempt, Try>> = {
  "a foreign node by name": create(pod({ nodeName: abroad })),
  "a verified node by name": create(pod({ ...pinned, nodeName: "phoenix-1" })),
  "a Binding by an administrator to a foreign node": bind(undefined, "pods/binding", abroad),
  "a Binding by an administrator to a node that is not there": bind(undefined, "bindings", "nowhere"),
  "a Binding by an administrator to a verified node": bind(undefined, "pods/binding", "phoenix-1"),
  "a Binding by the zone's scheduler to a foreign node, at the older resource": bind(scheduler, "bindings", abroad),
  "a Binding by the zone's scheduler with a label of ours": bind(scheduler, "pods/binding", "phoenix-1", {
    labels: { "domicile.dev/zone": "eu" },
  }),
  "a Binding by the zone's scheduler that attaches a network": bind(scheduler, "pods/binding", "phoenix-1", {
    annotations: { "k8s.v1.cni.cncf.io/networks": "macvlan" },
  }),
  "a Binding by a scheduler that the zone does not name, to a foreign node": bind(rival, "pods/binding", abroad),
  "a Binding by a scheduler that the zone does not name, to a verified node": bind(rival, "pods/binding", "phoenix-1"),
  "a second scheduler that runs, ignores node selectors and sends a pod abroad": () => lured(stage.cluster),
  "a plain Binding to a foreign node by a scheduler that the zone names": bind(scheduler, "pods/binding", abroad),
  "a DaemonSet whose template does not carry the selector": create(everywhere),
  "the pod that a DaemonSet makes for a foreign node": create(podFor(abroad)),
  "a forged mirror annotation": create(pod({ nodeName: abroad }, { "kubernetes.io/config.mirror": "abc" })),
  "the region label of a node that runs pods, changed": label(ref("v1", "Node", turning), { [region]: "uk-london-1" }),
  "a node that is judged anew while its pods run": () => turned(stage.cluster),
  "affinity whose every term lies abroad": create(pod(terms(term("uk-london-1")))),
  "affinity with one term abroad": create(pod(terms(term("uk-london-1"), term("us-phoenix-1")))),
  "a pod that nobody pinned": create(pod({})),
  "the template of a Deployment": create(deploymentOf("attempt", inside, 1)),
  "a pod of a namespace that is not sealed": create(pod({}, {}, unsealed)),
  "an additional network": create(pod(pinned, { "k8s.v1.cni.cncf.io/networks": "macvlan" })),
  "the host's network": create(pod({ ...pinned, hostNetwork: true })),
  "a pod of the zone that pins itself to another": create(
    pod({ nodeSelector: { ...pinned.nodeSelector, [foreign]: "verified" } }),
  ),
  "the node label through nodes/status": label(ref("v1", "Node", abroad), { [nodeLabel]: "verified" }, "status"),
  "the seal through namespaces/status": label(
    ref("v1", "Namespace", inside),
    { "domicile.dev/sealed": null },
    "status",
  ),
  "a namespace put into the zone by somebody who may not use it": move(rival, outside, "us", "UseNotGranted"),
  "a namespace taken out through namespaces/status by somebody who may not declassify": move(
    rival,
    inside,
    null,
    "DeclassifyNotGranted|NamespaceHoldsData",
    "status",
  ),
  "a namespace taken out by an administrator while a pod is in it": move(undefined, inside, null, "NamespaceHoldsData"),
  "a namespace whose label names no zone": move(undefined, outside, "nowhere", "ZoneNotFound"),
  "a NetworkPolicy with a rule that names nobody": create(widening([{}])),
  "a NetworkPolicy that opens a block outside the zone": create(
    widening([{ to: [{ ipBlock: { cidr: "198.51.100.0/24" } }] }]),
  ),
  "a Service of type NodePort that the zone does not list": create(nodePort),
  "an EndpointSlice to an address outside the zone": create(sliceAbroad),
  "our NetworkPolicy deleted": () => stage.cluster.admin.delete(policy("domicile-isolate", inside), { dryRun: true }),
  "our CRD deleted": () =>
    stage.cluster.admin.delete(
      ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "residencyzones.domicile.dev"),
      { dryRun: true },
    ),
};

const outcomeOf = (answer: Answer<KubeObject> | Outcome): Outcome => {
  if (typeof answer === "string") return answer;
  const { ok, status, body, message } = answer;
  if (!ok) {
    assert.equal(status, 403, message);
    return "refused";
  }
  const selectors = [field(body, "spec.nodeSelector"), field(body, "spec.template.spec.nodeSelector")];
  return selectors.some((each) => field({ each }, "each") !== undefined && JSON.stringify(each).includes(nodeLabel))
    ? "pinned"
    : "let in";
};

/** A webhook validates pods where no native policy judges them, and where one does it would say the same once more. */
const untilValidated = async (installation: Installation): Promise<void> => {
  if (installation === "native only") return;
  type Configuration = { readonly webhooks: readonly { readonly name: string }[] };
  const validates = ({ webhooks }: Configuration): boolean =>
    webhooks.some(({ name }) => name === "us.zone.pods.domicile.dev");
  await stage.cluster.admin.until<Configuration>(
    ref(registration, "ValidatingWebhookConfiguration", "domicile"),
    (found) => validates(found) === (installation === "webhooks only"),
    { describe: `a webhook validates pods where it must: installed with ${installation}` },
  );
};

for (const installation of installations)
  describe(`installed with ${installation}`, () => {
    test("what that takes stands, and nothing of the other half", async () => {
      await install(installation);
      for (const [kind, name, halves] of objects) {
        const target = ref(registration, kind, name);
        if (halves.includes(installation))
          await stage.cluster.admin.until(target, () => true, { describe: `${kind} ${name} is there` });
        else await stage.cluster.admin.untilGone(target, { describe: `${kind} ${name} is gone` });
      }
      await untilZone(stage.cluster, "us", "Isolated", "True");
      assert.deepEqual(await readSpecs(stage.cluster, inside), isolation);
      await untilValidated(installation);
      const { code, stdout, stderr } = await testChart(stage.cluster, { release, namespace: home });
      assert.equal(code, 0, `${stdout}${stderr}`);
    });

    const pins = (): boolean => installation !== "native only" || mutates;
    for (const [what, expected] of Object.entries(guardMatrix))
      test(`${expected.threat} ${what}: as docs/threats.md says`, async () => {
        const attempt = attempts[what as Attempt];
        const wanted = expected[installation] === "pinned" && !pins() ? "refused" : expected[installation];
        // An API server heeds a change of what is registered within a second or two, and says nothing when it does.
        await askUntil(
          () => attempt().then(outcomeOf).catch(String),
          (outcome) => outcome === wanted,
          { describe: `the outcome is "${wanted}"` },
        );
      });

    test("P5 a DaemonSet that knows of no zone runs at home, makes no pod twice, and what it makes for abroad waits", () =>
      pins()
        ? runEverywhere(stage.cluster, ["phoenix-1", turning], installation === "native only" ? 1 : 0)
        : refuseEverywhere(stage.cluster));
  });
