import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "../../../src/placement/verdict.ts";
import type { NodeFacts } from "../../../src/zone/facts.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { node, world, zone } from "../world.ts";

const phoenix = {
  providerID: "ocid1.instance.oc1.phx.anyhqljt123",
  labels: { "topology.kubernetes.io/region": "phx", "topology.kubernetes.io/zone": "PHX-AD-2" },
};

type Case = {
  readonly node: Partial<NodeFacts>;
  readonly others?: readonly NodeFacts[];
  readonly zone?: Partial<Zone>;
  readonly gives: string;
};
const cases: Readonly<Record<string, Case>> = {
  "an Ashburn node as OKE makes it is verified": { node: {}, gives: "Verified EvidenceConsistent" },
  "a Phoenix node is verified": { node: phoenix, gives: "Verified EvidenceConsistent" },
  "a providerID with the scheme of the cloud controller is the same": {
    node: { providerID: "oci://ocid1.instance.oc1.iad.anuwcljtx" },
    gives: "Verified EvidenceConsistent",
  },
  "no labels at all contradict nothing": { node: { labels: {} }, gives: "Verified EvidenceConsistent" },
  "a Frankfurt machine with an Ashburn label is rejected": {
    node: { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljtx" },
    gives: "Rejected RegionOutsideZone",
  },
  "an Ashburn machine with a Frankfurt label is rejected": {
    node: { labels: { "topology.kubernetes.io/region": "eu-frankfurt-1" } },
    gives: "Rejected LabelContradictsProvider",
  },
  "the beta label is judged too (P7)": {
    node: { labels: { "topology.kubernetes.io/region": "iad", "failure-domain.beta.kubernetes.io/region": "phx" } },
    gives: "Rejected LabelContradictsProvider",
  },
  "the zone label is judged too": {
    node: { labels: { "topology.kubernetes.io/region": "iad", "topology.kubernetes.io/zone": "PHX-AD-1" } },
    gives: "Rejected LabelContradictsProvider",
  },
  "a label that is no region is never guessed from its prefix": {
    node: { labels: { "topology.kubernetes.io/region": "us-ashburn-9" } },
    gives: "Rejected RegionUnknown",
  },
  "no providerID says nothing": { node: { providerID: undefined }, gives: "Unknown ProviderIDMissing" },
  "no providerID is enough at level Label": {
    node: { providerID: undefined },
    zone: { minimumTrust: "Label" },
    gives: "Verified EvidenceConsistent",
  },
  "level Label without a label knows nothing": {
    node: { providerID: undefined, labels: {} },
    zone: { minimumTrust: "Label" },
    gives: "Unknown LabelMissing",
  },
  "level Label still rejects a providerID abroad": {
    node: { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljtx" },
    zone: { minimumTrust: "Label" },
    gives: "Rejected RegionOutsideZone",
  },
  "another provider is rejected, whatever its labels say": {
    node: { providerID: "aws:///us-east-1a/i-0123" },
    gives: "Rejected ProviderNotOracle",
  },
  "a region of another realm is rejected (P7)": {
    node: { providerID: "ocid1.instance.oc42.us-ashburn-2.abtheljtx", labels: {} },
    gives: "Rejected RealmOutsideZone",
  },
  "a region nobody knows is rejected": {
    node: { providerID: "ocid1.instance.oc1.us-nowhere-1.abtheljtx", labels: {} },
    gives: "Rejected RegionUnknown",
  },
  "an identifier without a region says nothing": {
    node: { providerID: "ocid1.instance.oc1..anuwcljtx", labels: {} },
    gives: "Unknown RegionBlank",
  },
  "a text that is no identifier is rejected": { node: { providerID: "iad" }, gives: "Rejected ProviderIDMalformed" },
  "an OKE virtual node is rejected (P10)": {
    node: { providerID: "ocid1.virtualnode.oc1.iad.anuwcljtx" },
    gives: "Rejected VirtualNode",
  },
  "a node marked by virtual-kubelet is rejected (P10)": {
    node: { labels: { type: "virtual-kubelet", "topology.kubernetes.io/region": "iad" } },
    gives: "Rejected VirtualNode",
  },
  "a node tainted by Liqo is rejected (P10)": {
    node: { taintKeys: ["virtual-node.liqo.io/not-allowed"] },
    gives: "Rejected VirtualNode",
  },
  "of two nodes that claim one machine the newer is rejected (P7)": {
    node: { providerID: "ocid1.instance.oc1.iad.twin", created: 2_000 },
    others: [node("older", { providerID: "oci://ocid1.instance.oc1.us-ashburn-1.twin" })],
    gives: "Rejected ProviderIDDuplicated",
  },
  "of two nodes that claim one machine the older is kept (P7)": {
    node: { providerID: "ocid1.instance.oc1.iad.twin" },
    others: [node("newer", { providerID: "ocid1.instance.oc1.iad.twin", created: 2_000 })],
    gives: "Verified EvidenceConsistent",
  },
};

for (const [sentence, { node: parts, others = [], zone: zoneParts, gives }] of Object.entries(cases))
  test(sentence, () => {
    const judged = node("a", parts);
    const seen = verdict(world({ nodes: [judged, ...others] }), judged, zone(zoneParts));
    assert.equal(`${seen.kind} ${seen.reason}`, gives);
    assert.notEqual(seen.detail, "");
  });
