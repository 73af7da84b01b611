import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeLabel } from "../../../src/api/names.ts";
import type { CanaryFound } from "../../../src/controllers/canary.ts";
import { countNodes } from "../../../src/controllers/node-count.ts";
import type { NativeSync } from "../../../src/controllers/native-registration.ts";
import type { Enforcing } from "../../../src/egress/enforcing.ts";
import type { Uncontained } from "../../../src/egress/uncontained.ts";
import { exposedIn } from "../../../src/egress/exposed.ts";
import type { ExposingFacts } from "../../../src/zone/facts.ts";
import { takeCensus } from "../../../src/controllers/zone-census.ts";
import { zoneConditions } from "../../../src/controllers/zone-conditions.ts";
import type { ZonePolicies } from "../../../src/controllers/zone-policies.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { namespace, node, pod, world, zone, zoneRecord } from "../world.ts";

const us = zoneRecord(zone());
const problem = { path: "spec.nodes.regions[0]", message: "did you mean us-phoenix-1?" };
const invalid: ZoneRecord = { ...us, parsed: { ok: false, problems: [problem] } };
const compiled: ZonePolicies = { kind: "compiled", specs: [], missing: [] };
const kept = {
  kind: "kept",
  reason: "ClusterNotAccepted",
  problems: [problem],
  last: undefined,
} as const;
const evicting = zoneRecord(zone({ drift: { action: "Evict", maxPerMinute: 10, maxUnavailable: 1 } }));
const running = pod({ node: "a" });

const wider = (name: string): Uncontained => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  namespace: "payments",
  name,
  uid: `uid-${name}`,
  containment: { kind: "unproved", reason: "PolicyNotProved", path: "spec.egress[0].to[0]", message: "is strange" },
});

const ingress = (name: string): ExposingFacts => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  namespace: "payments",
  name,
  uid: `uid-${name}`,
  object: { metadata: { name } },
});

type Case = {
  readonly record?: ZoneRecord;
  readonly policies?: ZonePolicies;
  readonly parts?: Lists;
  readonly uncontained?: readonly Uncontained[];
  readonly canary?: CanaryFound;
  readonly native?: NativeSync | "none";
  readonly enforcing?: Enforcing;
  /** A condition's type, status and reason, and what its message holds. */
  readonly gives: readonly [type: string, found: string, message: RegExp];
};
const isolating: PolicyFacts = {
  namespace: "payments",
  name: "domicile-isolate",
  uid: "uid-isolate",
  resourceVersion: "1",
  created: 2_000,
  labels: {},
  spec: {},
};
const cases: Readonly<Record<string, Case>> = {
  "E11 a cluster that is not there is told of, and the zone stays isolated": {
    policies: {
      ...compiled,
      missing: [
        {
          reason: "ClusterNotFound",
          path: "spec.egress.clusters[0].name",
          message: "RemoteCluster moon does not exist",
        },
      ],
    },
    gives: ["ResolvedRefs", "False ClusterNotFound", /RemoteCluster moon does not exist\. Create it/],
  },
  "E8 a zone that names no DNS servers where none are found says so": {
    policies: {
      ...compiled,
      missing: [{ reason: "DnsNotFound", path: "spec.egress.dns", message: "no Service bears the label" }],
    },
    gives: ["ResolvedRefs", "False DnsNotFound", /no Service bears the label\. Label the DNS Service/],
  },
  "a zone with all it needs is ready": { gives: ["Ready", "True Ready", /done as written/] },
  "a pod on a node that is not verified is out of place": {
    parts: { nodes: [node("a", { providerID: undefined })] },
    gives: ["PodsInPlace", "False PodsOutOfPlace", / 1, among them payments\/api-0 on a\./],
  },
  "P19 a zone without a verified node says why its pods wait, each reason with its count, the commonest first": {
    parts: {
      nodes: [
        node("a", { providerID: undefined }),
        node("b", { providerID: "ocid1.instance.oc1.fra.abtheljtb" }),
        node("c", { providerID: "ocid1.instance.oc1.fra.abtheljtc" }),
        node("d", { taintKeys: ["virtual-kubelet.io/provider"] }),
      ],
    },
    gives: [
      "NodesVerified",
      "False NoVerifiedNode",
      /so its pods wait\. Nodes not verified: 2 RegionOutsideZone, 1 ProviderIDMissing, 1 VirtualNode\./,
    ],
  },
  "P20 pods outside the zone that could read what its pods hold are told of by their namespaces": {
    parts: {
      namespaces: [namespace("payments"), namespace("logging", { zone: undefined }), namespace("eu-a", { zone: "eu" })],
      pods: [
        running,
        pod({ name: "mine", node: "a", reachesNode: true }),
        ...["logging", "eu-a"].map((at) => pod({ namespace: at, name: "agent", node: "a", reachesNode: true })),
        pod({ namespace: "ended", name: "agent", node: "a", reachesNode: true, ended: true }),
        pod({ namespace: "waiting", name: "agent", reachesNode: true }),
        pod({ namespace: "elsewhere", name: "agent", node: "c", reachesNode: true }),
        pod({ namespace: "harmless", name: "agent", node: "a" }),
      ],
    },
    gives: [
      "NodesVerified",
      "True NodesVerified",
      /has verified nodes\. On them are .* in namespaces eu-a, logging\.$/,
    ],
  },
  "P8 where pods out of place are evicted, that is said instead of telling people to delete them": {
    record: evicting,
    parts: { nodes: [node("a", { providerID: undefined }), node("b")] },
    gives: [
      "PodsInPlace",
      "False PodsEvicting",
      /evicted one after another\. 1, among them payments\/api-0 on a\. Workloads: 1\./,
    ],
  },
  "P19 where there is nowhere else, that is why none is evicted": {
    record: evicting,
    parts: { nodes: [node("a", { providerID: undefined })] },
    gives: ["PodsInPlace", "False EvictionStopped", /without a verified node they would run nowhere/],
  },
  "a zone that only warns evicts nothing, whatever it says": {
    record: { ...evicting, enforcement: "Warn" },
    parts: { nodes: [node("a", { providerID: undefined }), node("b")] },
    gives: ["PodsInPlace", "False PodsOutOfPlace", / 1, among them/],
  },
  "a zone that is being deleted evicts nothing": {
    record: { ...evicting, deleting: true },
    parts: { nodes: [node("a", { providerID: undefined }), node("b")] },
    gives: ["PodsInPlace", "False PodsOutOfPlace", / 1, among them/],
  },
  "P6 static pods out of place are counted apart": {
    parts: {
      nodes: [node("a", { providerID: undefined })],
      pods: [running, pod({ name: "static", node: "a", mirror: true })],
    },
    gives: ["PodsInPlace", "False PodsOutOfPlace", / 2, .* Workloads: 2\. Static pods, which no eviction moves: 1\./],
  },
  "pods of a zone that became invalid are not called out of place": {
    record: invalid,
    gives: ["PodsInPlace", "Unknown Invalid", /not valid/],
  },
  "a problem that asks a question ends with it": {
    record: invalid,
    gives: ["Accepted", "False Invalid", /did you mean us-phoenix-1\? Mend/],
  },
  "P15 a zone that names a namespace which another zone names too is not accepted": {
    record: { ...us, namespaces: ["payments"] },
    parts: {
      zones: [
        { ...us, namespaces: ["payments"] },
        { ...zoneRecord(zone({ name: "eu" })), namespaces: ["payments"] },
      ],
    },
    gives: [
      "Accepted",
      "False NamespaceNamedTwice",
      /spec\.namespaces\[0\]: payments is named by zone eu too\. Take it out/,
    ],
  },
  "P15 a named namespace that was there before and is not in the zone is told of": {
    record: { ...us, namespaces: ["shop"] },
    parts: {
      zones: [{ ...us, namespaces: ["shop"] }],
      namespaces: [namespace("payments"), namespace("shop", { zone: undefined, sealed: undefined })],
    },
    gives: ["ResolvedRefs", "False NamespaceNotJoined", / Namespaces: shop\. Label them/],
  },
  "a namespace that can never join is named as such": {
    parts: { namespaces: [namespace("kube-public", { sealed: undefined })] },
    gives: ["Isolated", "False Isolating", /Not sealed: kube-public \(can never join: remove/],
  },
  "a namespace without policies says whose condition hinders them": {
    policies: kept,
    parts: { namespaces: [namespace("payments", { sealed: undefined })] },
    gives: [
      "Isolated",
      "False Isolating",
      /Not sealed: payments\. No policies are written before ResolvedRefs is True\./,
    ],
  },
  "of many namespaces five are named": {
    parts: { namespaces: [..."abcdefg"].map((name) => namespace(name, { sealed: undefined })) },
    gives: ["Isolated", "False Isolating", /Not sealed: a, b, c, d, e and 2 more\./],
  },
  "a zone whose guards let something in when they were tried is not enforced": {
    canary: { pods: { kind: "refused" }, bindings: { kind: "admitted" } },
    gives: ["Enforced", "False CanaryAdmitted", /Let in: bindings\./],
  },
  "a zone whose guards could not be tried is enforced as far as anybody knows": {
    canary: { pods: { kind: "unanswered", why: "it was away" }, bindings: { kind: "refused" } },
    gives: ["Enforced", "Unknown EnforcerUnknown", /refused as they must be: bindings\. Not tried, for .*: pods\./],
  },
  "O1 native policies that are as compiled are said to be, with their hash": {
    gives: ["Enforced", "Unknown EnforcerUnknown", /Native policies are as compiled \(0123456789ab\)\./],
  },
  "O1 native policies that are not as compiled are named, and the zone is not enforced": {
    native: { differing: ["ValidatingAdmissionPolicy domicile-pods"], hash: "0123456789ab" },
    gives: ["Enforced", "False NativePoliciesDiffer", /Not as compiled: ValidatingAdmissionPolicy domicile-pods\./],
  },
  "where there are no native policies that is said": {
    native: "none",
    gives: ["Enforced", "Unknown EnforcerUnknown", /There are no native policies\./],
  },
  "a zone whose guards refuse and whose nodes have an enforcer is enforced": {
    canary: { pods: { kind: "refused" }, bindings: { kind: "refused" } },
    enforcing: { kind: "found", reason: "EnforcerFound", detail: "Calico is there." },
    gives: ["Enforced", "True EnforcerFound", /Calico is there\. Tried and refused .*: pods and bindings\. Native/],
  },
  "an enforcer does not make up for a guard that was not tried": {
    canary: { pods: { kind: "unanswered", why: "it was away" }, bindings: { kind: "refused" } },
    enforcing: { kind: "found", reason: "EnforcerFound", detail: "Calico is there." },
    gives: ["Enforced", "Unknown GuardsNotTried", /Calico is there\. .*Not tried, for .*: pods\./],
  },
  "nor for guards before they were tried at all": {
    enforcing: { kind: "found", reason: "EnforcerFound", detail: "Calico is there." },
    gives: ["Enforced", "Unknown GuardsNotTried", /Calico is there\./],
  },
  "an enforcer does not make up for a guard that let something in": {
    canary: { pods: { kind: "admitted" }, bindings: { kind: "refused" } },
    enforcing: { kind: "found", reason: "EnforcerFound", detail: "Calico is there." },
    gives: ["Enforced", "False CanaryAdmitted", /Let in: pods\./],
  },
  "a zone in which nothing enforces is not enforced, whatever its guards do": {
    canary: { pods: { kind: "refused" }, bindings: { kind: "refused" } },
    enforcing: { kind: "missing", reason: "EnforcerMissing", detail: "Seen: flannel." },
    gives: ["Enforced", "False EnforcerMissing", /may connect to anybody.* Seen: flannel\./],
  },
  "and it is not ready": {
    enforcing: { kind: "missing", reason: "EnforcerMissing", detail: "Seen: flannel." },
    gives: ["Ready", "False NotReady", /Enforced \(EnforcerMissing\)/],
  },
  "E10 pods from before the isolation are named until they are gone, and isolation stands": {
    parts: {
      policies: [isolating],
      pods: [1_000, 2_000, 3_000].map((created) => pod({ node: "a", name: `at-${created}`, created })),
    },
    gives: ["Isolated", "True Isolated", /Pods from before, .*: payments\/at-1000\. Make them anew\.$/],
  },
  "E10 a pod that runs without the selector came before the seal, or past it": {
    parts: { policies: [isolating], pods: [pod({ node: "a", created: 3_000, selects: [] })] },
    gives: ["Isolated", "True Isolated", /Pods from before, .*: payments\/api-0\./],
  },
  "E10 no pod is from before that was let in, waits, has ended or is static": {
    parts: {
      policies: [isolating],
      pods: [
        pod({ node: "a", created: 2_000 }),
        pod({ name: "waits", created: 1_000 }),
        pod({ node: "a", name: "ended", created: 1_000, ended: true }),
        pod({ node: "a", name: "static", created: 3_000, selects: [], mirror: true }),
      ],
    },
    gives: ["Isolated", "True Isolated", /^Isolation stands in every namespace of the zone\.$/],
  },
  "a zone of which it is not known is ready all the same": {
    gives: ["Ready", "True Ready", /./],
  },
  "E1 policies of others that open more are named with the field, the first five, and all are counted": {
    uncontained: ["a", "b", "c", "d", "e", "f", "g"].map(wider),
    gives: [
      "PoliciesContained",
      "False PolicyNotProved",
      /Policies: 7\. NetworkPolicy payments\/a: spec\.egress\[0\]\.to\[0\] is strange; .* is strange; and 2 more, which kubectl domicile audit us lists\./,
    ],
  },
  "E1 a zone with a policy that opens more is not ready": {
    uncontained: [wider("a")],
    gives: ["Ready", "False NotReady", /Not True: PoliciesContained \(PolicyNotProved\)\./],
  },
  "E2 policies of a kind that nobody has read yet are not said to be contained": {
    parts: { unreadKinds: ["ciliumnetworkpolicies.cilium.io"] },
    gives: ["PoliciesContained", "Unknown PoliciesUnread", /ciliumnetworkpolicies\.cilium\.io\./],
  },
  "E2 what is not contained is said, whatever is not read yet": {
    parts: { unreadKinds: ["ciliumnetworkpolicies.cilium.io"] },
    uncontained: [wider("a")],
    gives: ["PoliciesContained", "False PolicyNotProved", /Policies: 1\./],
  },
  "what others open of a zone that is not valid is not known": {
    record: invalid,
    uncontained: [wider("a")],
    gives: ["PoliciesContained", "Unknown Invalid", /./],
  },
  "E7 what leads into a zone and is not listed is named, the first five, and all are counted": {
    parts: { exposing: ["a", "b", "c", "d", "e", "f", "g"].map(ingress) },
    gives: [
      "ExposureContained",
      "False ExposureNotListed",
      /Objects: 7\. Ingress payments\/a: kind is Ingress, and spec\.exposure does not list \{kind: Ingress, .*; and 2 more, which kubectl domicile audit us lists\./,
    ],
  },
  "E7 a zone with a way in that it does not list is not ready": {
    parts: { exposing: [ingress("a")] },
    gives: ["Ready", "False NotReady", /Not True: ExposureContained \(ExposureNotListed\)\./],
  },
  "E7 what of other kinds cannot be read may lead into a zone": {
    parts: { unreadRoutes: ["httproutes.gateway.networking.k8s.io"] },
    gives: ["ExposureContained", "Unknown ExposureUnread", /httproutes\.gateway\.networking\.k8s\.io\./],
  },
  "a zone into which nothing leads says so": { gives: ["ExposureContained", "True ExposureContained", /lists\.$/] },
  "what leads into a zone that is not valid is not known": {
    record: invalid,
    parts: { exposing: [ingress("a")] },
    gives: ["ExposureContained", "Unknown Invalid", /./],
  },
  "a zone that is deleted says what keeps it": {
    record: { ...us, deleting: true },
    gives: ["Ready", "False ZoneDeleting", /Namespaces: payments\./],
  },
};

const inSync: NativeSync = { differing: [], hash: "0123456789ab" };
const unknown: Enforcing = { kind: "unknown", reason: "EnforcerUnknown", detail: "None is known." };
const labelled = node("a", { labels: { ...node("a").labels, [nodeLabel("us")]: "verified" } });
const worldWith = (parts: Lists = {}) =>
  world({ namespaces: [namespace("payments")], nodes: [labelled, node("b")], pods: [running], ...parts });

for (const [
  sentence,
  { record = us, policies = compiled, parts, uncontained = [], canary, native = inSync, enforcing = unknown, gives },
] of Object.entries(cases))
  test(sentence, () => {
    const seen = worldWith(parts);
    const census = takeCensus(seen, "us", countNodes(seen, "us", record.parsed.ok ? record.parsed.value : undefined));
    const conditions = zoneConditions({
      world: seen,
      record,
      census,
      policies,
      uncontained,
      exposed: exposedIn(seen, "us"),
      canary,
      native: native === "none" ? undefined : native,
      enforcing,
    });
    const [type, found, message] = gives;
    const condition = conditions.find((one) => one.type === type);
    assert.equal(`${condition?.status} ${condition?.reason}`, found);
    assert.match(condition?.message ?? "", message);
  });

test("a zone that became invalid counts by the labels its nodes still bear", () => {
  const { nodes, pods } = takeCensus(worldWith(), "us", countNodes(worldWith(), "us", undefined));
  assert.deepEqual(nodes, { verified: 1, rejected: 0, unknown: 1 });
  assert.deepEqual(pods, { inPlace: 1, outOfPlace: 0 });
});
