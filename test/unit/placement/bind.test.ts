import assert from "node:assert/strict";
import { test } from "node:test";
import type { Binding } from "../../../src/api/kubernetes.ts";
import { nodeLabel } from "../../../src/api/names.ts";
import { bind, type BindingQuestion } from "../../../src/placement/bind.ts";
import { answer } from "../../../src/placement/mode.ts";
import { namespace, node, world, zone, zoneRecord } from "../world.ts";
import { testPlacements, type Gives } from "./placements.ts";

const ashburn = { "topology.kubernetes.io/region": "iad", "topology.kubernetes.io/zone": "US-ASHBURN-AD-1" };
const verified = { ...ashburn, [nodeLabel("us")]: "verified" };
const frankfurt = {
  providerID: "ocid1.instance.oc1.eu-frankfurt-1.anuwcljtfra",
  labels: { "topology.kubernetes.io/region": "eu-frankfurt-1" },
};
const parts = {
  zones: [zoneRecord(zone()), zoneRecord(zone({ name: "look", enforcement: "Warn" }))],
  namespaces: [
    namespace("payments"),
    namespace("fresh", { sealed: undefined }),
    namespace("moved", { sealed: "eu" }),
    namespace("ghost", { zone: "gone", sealed: "gone" }),
    namespace("watched", { zone: "look", sealed: undefined }),
    namespace("shop", { zone: undefined, sealed: undefined }),
  ],
  nodes: [
    node("ash-1", { labels: verified }),
    node("ash-new"),
    node("ash-blank", { labels: { [nodeLabel("us")]: "verified" } }),
    node("ash-other", { labels: { ...ashburn, [nodeLabel("us")]: "no", [nodeLabel("eu")]: "verified" } }),
    node("fra-1", frankfurt),
    node("fra-forged", { ...frankfurt, labels: { ...frankfurt.labels, [nodeLabel("us")]: "verified" } }),
    node("no-id", { providerID: undefined, labels: verified }),
  ],
};
const us = world(parts);
const ask: BindingQuestion = { namespace: "payments" };
const to = (name: string, more: Partial<Binding["target"]> = {}, metadata: Binding["metadata"] = {}): Binding => ({
  metadata: { name: "api-0", ...metadata },
  target: { kind: "Node", name, ...more },
});
const labelled = (labels: Readonly<Record<string, string>>, name = "ash-1") => to(name, {}, { labels });
const annotated = (key: string) => to("ash-1", {}, { annotations: { [key]: "x" } });

type Case = Gives & {
  readonly binding: Binding;
  readonly question?: Partial<BindingQuestion>;
};
const cases: Readonly<Record<string, Case>> = {
  "a Binding outside every zone is nobody's business": {
    binding: to("fra-1"),
    question: { namespace: "shop" },
    gives: "free NotInZone",
  },
  "a verified node is bound to": { binding: to("ash-1"), gives: "inPlace NodeIsVerified" },
  "P2 a foreign node is refused, and the sentence says where it is": {
    binding: to("fra-1"),
    gives: "refused BindingNodeNotVerified",
    says: /^zone us: target\.name is "fra-1", which is Rejected: providerID says .*eu-frankfurt-1.*\(RegionOutsideZone\)\. A zone's pods are bound to verified nodes only\. .*\(BindingNodeNotVerified\)$/,
  },
  "P2 a foreign node that bears the zone's label is refused": {
    binding: to("fra-forged"),
    gives: "refused BindingNodeNotVerified",
  },
  "P2 a node of which too little is known is refused": {
    binding: to("no-id"),
    gives: "refused BindingNodeNotVerified",
    says: /which is Unknown: there is no providerID \(ProviderIDMissing\)/,
  },
  "P2 a node whose label does not stand yet is refused": {
    binding: to("ash-new"),
    gives: "refused BindingNodeNotVerified",
    says: /which does not bear domicile\.dev\.node-restriction\.kubernetes\.io\/us=verified/,
  },
  "P2 another zone's label, or another value, is not the label": {
    binding: to("ash-other"),
    gives: "refused BindingNodeNotVerified",
  },
  "P2 a node that does not exist is refused": {
    binding: to("nowhere"),
    gives: "refused BindingNodeUnknown",
    says: /target\.name is "nowhere"/,
  },
  "P2 no name at all is refused": { binding: { target: { kind: "Node" } }, gives: "refused BindingNodeUnknown" },
  "P2 nothing at all is refused": { binding: {}, gives: "refused BindingNodeUnknown" },
  "P2 a target that is no node is refused, whatever its name": {
    binding: to("ash-1", { kind: "Pod" }),
    gives: "refused BindingTargetNotNode",
    says: /target\.kind is "Pod"/,
  },
  "P2 the kind in lower case is not the kind": {
    binding: to("ash-1", { kind: "node" }),
    gives: "refused BindingTargetNotNode",
  },
  "an empty kind is Node for the API server, and judged like it": {
    binding: to("ash-1", { kind: "" }),
    gives: "inPlace NodeIsVerified",
  },
  "P2 an empty kind makes no foreign node eligible": {
    binding: to("fra-1", { kind: "" }),
    gives: "refused BindingNodeNotVerified",
  },
  "P2 the uid of another node is refused": {
    binding: to("ash-1", { uid: "uid-before" }),
    gives: "refused BindingNodeReplaced",
    says: /target\.uid is "uid-before", and node ash-1 has uid-ash-1/,
  },
  "the node's own uid is fine": { binding: to("ash-1", { uid: "uid-ash-1" }), gives: "inPlace NodeIsVerified" },
  "the region and zone that the node has are fine": { binding: labelled(ashburn), gives: "inPlace NodeIsVerified" },
  "P3 another region is refused": {
    binding: labelled({ ...ashburn, "topology.kubernetes.io/region": "eu-frankfurt-1" }),
    gives: "refused BindingLabel",
    says: /metadata\.labels\[topology\.kubernetes\.io\/region\] is "eu-frankfurt-1"/,
  },
  "P3 a region for a node that has none is refused": {
    binding: labelled({ "topology.kubernetes.io/region": "iad" }, "ash-blank"),
    gives: "refused BindingLabel",
  },
  "P3 our labels are refused": { binding: labelled({ "domicile.dev/zone": "eu" }), gives: "refused BindingLabel" },
  "P3 the zone's own node label is no region": {
    binding: labelled({ [nodeLabel("us")]: "verified" }),
    gives: "refused BindingLabel",
  },
  "P3 a label that a policy may select by is refused": {
    binding: labelled({ app: "gateway" }),
    gives: "refused BindingLabel",
  },
  "P3 our annotations are refused": {
    binding: annotated("domicile.dev/digest"),
    gives: "refused BindingAnnotation",
    says: /metadata\.annotations\[domicile\.dev\/digest\] is set/,
  },
  "P3 an annotation that attaches a network is refused": {
    binding: annotated("k8s.v1.cni.cncf.io/networks"),
    gives: "refused BindingAnnotation",
  },
  "P3 the annotation of a mirror pod is refused": {
    binding: annotated("kubernetes.io/config.mirror"),
    gives: "refused BindingAnnotation",
  },
  "P3 an annotation by which a kubelet unconfines a container is refused": {
    binding: annotated("container.apparmor.security.beta.kubernetes.io/main"),
    gives: "refused BindingAnnotation",
  },
  "an annotation of a scheduler's own is fine": {
    binding: annotated("scheduler.example.com/gpu"),
    gives: "inPlace NodeIsVerified",
  },
  "an annotation whose domain merely ends like ours is fine": {
    binding: annotated("notdomicile.dev/x"),
    gives: "inPlace NodeIsVerified",
  },
  "nothing is bound in a namespace that is not sealed": {
    binding: to("ash-1"),
    question: { namespace: "fresh" },
    gives: "refused NamespaceNotSealed",
  },
  "nothing is bound in a namespace sealed for another zone": {
    binding: to("ash-1"),
    question: { namespace: "moved" },
    gives: "refused NamespaceNotSealed",
  },
  "nothing is bound in a zone that does not exist": {
    binding: to("ash-1"),
    question: { namespace: "ghost" },
    gives: "refused ZoneNotFound",
  },
  "a namespace that the API server knows in a zone and we do not yet is refused": {
    binding: to("ash-1"),
    question: { namespace: "new", seen: { zone: undefined } },
    gives: "refused NamespaceUnseen",
  },
  "a namespace that the API server knows in another zone is refused": {
    binding: to("ash-1"),
    question: { seen: { zone: "eu" } },
    gives: "refused NamespaceUnseen",
  },
};

testPlacements(cases, ({ binding, question }) => bind(us, binding, { ...ask, ...question }));

test("a zone that is not valid any more binds by the labels that stand", () => {
  const broken = zoneRecord(zone(), { parsed: { ok: false, problems: [{ path: "spec.nodes", message: "?" }] } });
  const seen = world({ ...parts, zones: [broken] });
  assert.equal(bind(seen, to("ash-1"), ask).kind, "inPlace");
  assert.equal(bind(seen, to("ash-new"), ask).kind, "refused");
  assert.equal(bind(seen, to("fra-1"), ask).kind, "refused");
});

test("P2 a node that was replaced under its name is judged as what it is now", () => {
  const replaced = world({ ...parts, nodes: [node("ash-1", { ...frankfurt, uid: "uid-second" })] });
  assert.equal(bind(replaced, to("ash-1"), ask).reason, "BindingNodeNotVerified");
  assert.equal(bind(replaced, to("ash-1", { uid: "uid-ash-1" }), ask).reason, "BindingNodeReplaced");
});

test("a zone that warns tells and refuses nothing, unless the API server says that it enforces", () => {
  const placement = bind(us, to("fra-1"), { namespace: "watched" });
  const lenient = answer(us, placement);
  assert.equal(lenient.kind, "allow");
  assert.match(lenient.kind === "allow" ? (lenient.warnings[0] ?? "") : "", /^zone look: target\.name is "fra-1"/);
  assert.equal(answer(us, placement, true).kind, "deny");
});
