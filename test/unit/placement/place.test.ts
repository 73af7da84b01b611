import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pod } from "../../../src/api/kubernetes.ts";
import { nodeLabel } from "../../../src/api/names.ts";
import { pin } from "../../../src/placement/pin.ts";
import { place, type Question } from "../../../src/placement/place.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { testPlacements, type Gives } from "./placements.ts";

const us = world({
  zones: [zoneRecord(zone())],
  namespaces: [
    namespace("payments"),
    namespace("fresh", { sealed: undefined }),
    namespace("ghost", { zone: "gone", sealed: "gone" }),
    namespace("shop", { zone: undefined, sealed: undefined }),
  ],
});
const create: Question = { namespace: "payments", operation: "CREATE", byNode: false, wasGated: false };
const pinned = { [nodeLabel("us")]: "verified" };
const required = (...terms: readonly object[]): Pod => ({
  spec: {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  },
});
const regionIn = (...values: readonly string[]) => ({
  matchExpressions: [{ key: "topology.kubernetes.io/region", operator: "In", values }],
});

type Case = Gives & {
  readonly pod: Pod;
  readonly question?: Partial<Question>;
};
const cases: Readonly<Record<string, Case>> = {
  "a pod outside every zone is nobody's business": {
    pod: {},
    question: { namespace: "shop" },
    gives: "free NotInZone",
  },
  "a pod in a namespace nobody has seen is free": { pod: {}, question: { namespace: "new" }, gives: "free NotInZone" },
  "a bare pod is pinned": { pod: {}, gives: "pinned Pinned" },
  "a pinned pod is in place": { pod: { spec: { nodeSelector: pinned } }, gives: "inPlace AlreadyPinned" },
  "a named node is refused": {
    pod: { spec: { nodeName: "fra-1", nodeSelector: pinned } },
    gives: "refused NodeNameSet",
    says: /^zone us: spec\.nodeName is "fra-1"\. .* Remove spec\.nodeName .*\(NodeNameSet\)$/,
  },
  "a network attached to a pod that waits is refused (P18)": {
    pod: { metadata: { annotations: { "k8s.v1.cni.cncf.io/networks": "open" } }, spec: { nodeSelector: pinned } },
    question: { operation: "UPDATE", attaches: true },
    gives: "refused NetworkAttachment",
  },
  "an update that attaches nothing new decides nothing": {
    pod: { metadata: { annotations: { "k8s.v1.cni.cncf.io/networks": "old" } }, spec: { nodeName: "n1" } },
    question: { operation: "UPDATE", attaches: false },
    gives: "free PlacementUnchanged",
  },
  "a zone that nobody knows gives no refusal its name": {
    pod: {},
    question: { namespace: "shop", seen: { zone: "made-up" } },
    gives: "refused NamespaceUnseen",
    says: /^zone \(unknown\): namespace shop is in made-up /,
  },
  "an empty node name names no node": { pod: { spec: { nodeName: "" } }, gives: "pinned Pinned" },
  "our key with another value is refused": {
    pod: { spec: { nodeSelector: { [nodeLabel("us")]: "yes" } } },
    gives: "refused NodeSelectorOutsideZone",
  },
  "another zone's key is refused": {
    pod: { spec: { nodeSelector: { ...pinned, [nodeLabel("eu")]: "verified" } } },
    gives: "refused NodeSelectorOutsideZone",
  },
  "a selector for Frankfurt by its key is refused": {
    pod: { spec: { nodeSelector: { "topology.kubernetes.io/region": "eu-frankfurt-1" } } },
    gives: "refused NodeSelectorOutsideZone",
    says: /spec\.nodeSelector\[topology\.kubernetes\.io\/region\] is "eu-frankfurt-1"/,
  },
  "a look-alike region is refused": {
    pod: { spec: { nodeSelector: { "topology.kubernetes.io/region": "us-ashburn-2" } } },
    gives: "refused NodeSelectorOutsideZone",
  },
  "a selector for Ashburn as OKE spells it is pinned": {
    pod: { spec: { nodeSelector: { "topology.kubernetes.io/region": "iad" } } },
    gives: "pinned Pinned",
  },
  "a selector for a zone of Phoenix is pinned": {
    pod: { spec: { nodeSelector: { "failure-domain.beta.kubernetes.io/zone": "PHX-AD-1" } } },
    gives: "pinned Pinned",
  },
  "affinity whose every term lies abroad is refused": {
    pod: required(regionIn("eu-frankfurt-1"), regionIn("uk-london-1")),
    gives: "refused NodeAffinityOutsideZone",
  },
  "affinity with one term at home is pinned (P9)": {
    pod: required(regionIn("eu-frankfurt-1"), regionIn("iad")),
    gives: "pinned Pinned",
  },
  "affinity that forbids our label is refused": {
    pod: required({ matchExpressions: [{ key: nodeLabel("us"), operator: "DoesNotExist" }] }),
    gives: "refused NodeAffinityOutsideZone",
  },
  "matchFields on a node is what DaemonSets write: pinned (P9)": {
    pod: required({ matchFields: [{ key: "metadata.name", operator: "In", values: ["fra-1"] }] }),
    gives: "pinned Pinned",
  },
  "a Multus annotation is refused (P18)": {
    pod: { metadata: { annotations: { "k8s.v1.cni.cncf.io/networks": "other" } }, spec: { nodeSelector: pinned } },
    gives: "refused NetworkAttachment",
  },
  "a namespace that is not sealed refuses": {
    pod: { spec: { nodeSelector: pinned } },
    question: { namespace: "fresh" },
    gives: "refused NamespaceNotSealed",
  },
  "a zone that does not exist refuses": { pod: {}, question: { namespace: "ghost" }, gives: "refused ZoneNotFound" },
  "a namespace that the API server knows in a zone and we do not yet is refused": {
    pod: {},
    question: { namespace: "new", seen: { zone: undefined } },
    gives: "refused NamespaceUnseen",
  },
  "a namespace that the API server knows in another zone is refused": {
    pod: {},
    question: { seen: { zone: "eu" } },
    gives: "refused NamespaceUnseen",
  },
  "a namespace both know in its zone is judged": {
    pod: {},
    question: { seen: { zone: "us" } },
    gives: "pinned Pinned",
  },
  "a mirror pod made by its node is never refused (P6)": {
    pod: { metadata: { annotations: { "kubernetes.io/config.mirror": "x" } }, spec: { nodeName: "fra-1" } },
    question: { byNode: true },
    gives: "free MirrorPod",
  },
  "a mirror annotation by anybody else changes nothing (P6)": {
    pod: { metadata: { annotations: { "kubernetes.io/config.mirror": "x" } }, spec: { nodeName: "fra-1" } },
    gives: "refused NodeNameSet",
  },
  "an update of a pod without gates decides nothing (P17)": {
    pod: { spec: { nodeName: "fra-1" } },
    question: { operation: "UPDATE" },
    gives: "free PlacementUnchanged",
  },
  "a gated pod is tightened when it is updated (P16)": {
    pod: {},
    question: { operation: "UPDATE", wasGated: true },
    gives: "pinned Pinned",
  },
};

testPlacements(cases, ({ pod, question }) => place(us, pod, { ...create, ...question }));

test("a pinned pod is in place, whatever it was before", () => {
  assert.equal(place(us, pin({ spec: { nodeSelector: { disk: "ssd" } } }, { zone: "us" }), create).kind, "inPlace");
});

test("a zone that is not valid any more still pins", () => {
  const broken = zoneRecord(zone(), {
    parsed: { ok: false, problems: [{ path: "spec.nodes.regions[0]", message: "?" }] },
  });
  const seen = { ...us, zones: new Map([["us", broken]]) };
  assert.equal(place(seen, {}, create).kind, "pinned");
});
