import { topologyLabels, virtualNodeLabels } from "../api/names.ts";
import { regionFromLabel, regionFromZoneLabel } from "../oci/labels.ts";
import { machineOf } from "../oci/machine.ts";
import { providerOf, type Provider } from "../oci/provider.ts";
import type { Region } from "../oci/regions.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";

/** One thing a node says of itself. `says` names the source and the value in words. */
export type Evidence =
  | { readonly source: "providerID"; readonly provider: Provider; readonly says: string }
  | { readonly source: "label"; readonly key: string; readonly region: Region | undefined; readonly says: string }
  | { readonly source: "virtualNode"; readonly says: string }
  | { readonly source: "olderTwin"; readonly node: string; readonly says: string }
  | { readonly source: "attestation"; readonly says: string };

/** What the node's providerID says. */
export const claimOf = (evidence: readonly Evidence[]) => evidence.find((item) => item.source === "providerID");

/** Everything a node says about where it is, and what the rest of the cluster says about that. */
export const gatherEvidence = (world: World, node: NodeFacts): readonly Evidence[] => [
  {
    source: "providerID",
    provider: providerOf(node.providerID),
    says: node.providerID ? `providerID says ${brief(node.providerID)}` : "there is no providerID",
  },
  ...Object.values(topologyLabels).flatMap((key) => labelEvidence(node, key)),
  ...virtualNodeMarkers(node).map((marker): Evidence => ({
    source: "virtualNode",
    says: `${marker} marks a virtual node`,
  })),
  ...olderTwins(world, node).map((name): Evidence => ({
    source: "olderTwin",
    node: name,
    says: `older node ${name} claims the same machine`,
  })),
];

const labelEvidence = (node: NodeFacts, key: string): readonly Evidence[] => {
  const value = node.labels[key];
  if (value === undefined) return [];
  const isZone = key === topologyLabels.zone || key === topologyLabels.betaZone;
  const region = isZone ? regionFromZoneLabel(value) : regionFromLabel(value);
  return [{ source: "label", key, region, says: `label ${key} says ${brief(value)}` }];
};

/** Taints by which virtual-kubelet and Liqo keep pods off nodes that are not machines. */
const virtualNodeTaints: ReadonlySet<string> = new Set([
  "virtual-kubelet.io/provider",
  "virtual-node.liqo.io/not-allowed",
  "virtual-kubelet.io/not-allowed",
]);

const virtualNodeMarkers = ({ labels, taintKeys }: NodeFacts): readonly string[] => [
  ...Object.entries(virtualNodeLabels).flatMap(([key, value]) =>
    labels[key] !== undefined && (value === undefined || labels[key] === value) ? [`label ${key}`] : [],
  ),
  ...taintKeys.filter((key) => virtualNodeTaints.has(key)).map((key) => `taint ${key}`),
];

/** Of two nodes that claim one machine the newcomer is the suspect, or a liar could empty a zone. Ties go by name. */
const olderTwins = (world: World, node: NodeFacts): readonly string[] => {
  const machine = machineOf(node.providerID);
  if (machine === undefined) return [];
  return world.nodesClaiming(machine).filter((name) => {
    const other = world.nodes.get(name);
    if (other === undefined || other.uid === node.uid) return false;
    return other.created < node.created || (other.created === node.created && other.name < node.name);
  });
};

/** A node may write what it likes into its own claims, and events and status are no place for all of it. */
export const brief = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);
