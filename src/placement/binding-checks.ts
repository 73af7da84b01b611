import type { Binding } from "../api/kubernetes.ts";
import { isReservedAnnotation, nodeLabel, nodeLabelValue, topologyLabels } from "../api/names.ts";
import type { World } from "../zone/world.ts";
import { quote, type Fault } from "./spec-checks.ts";
import { verdict } from "./verdict.ts";

type Check = (world: World, zone: string, binding: Binding) => Fault | undefined;

/** For the API server an empty kind is Node; it fills in no topology labels then, and the node is the same. */
const targetKind: Check = (_world, _zone, { target }) => {
  const kind = target?.kind ?? "";
  return kind === "" || kind === "Node"
    ? undefined
    : { reason: "BindingTargetNotNode", field: "target.kind", found: `is ${quote(kind)}` };
};

/** The API server binds to nodes that do not exist: whoever joins under that name later would run the pod. */
const nodeExists: Check = (world, _zone, binding) =>
  world.nodes.has(nameOf(binding))
    ? undefined
    : { reason: "BindingNodeUnknown", field: "target.name", found: `is ${quote(nameOf(binding))}` };

/** The API server does not look at it. A binder that means another node than the one that bears the name is wrong. */
const uid: Check = (world, _zone, binding) => {
  const named = binding.target?.uid ?? "";
  const node = world.nodes.get(nameOf(binding));
  if (node === undefined || named === "" || named === node.uid) return undefined;
  const found = `is ${quote(named)}, and node ${node.name} has ${node.uid}`;
  return { reason: "BindingNodeReplaced", field: "target.uid", found };
};

/** Both: what the node says now, and the label by which the scheduler and the kubelet hold the pod to the zone. */
const verified: Check = (world, zone, binding) => {
  const node = world.nodes.get(nameOf(binding));
  if (node === undefined) return undefined;
  const refused = (found: string): Fault => ({
    reason: "BindingNodeNotVerified",
    field: "target.name",
    found: `is ${quote(node.name)}, ${found}`,
  });
  const parsed = world.zones.get(zone)?.parsed;
  // Nodes are not judged for a zone that is not valid: the labels that stand are its last good state.
  if (parsed?.ok === true) {
    const { kind, reason, detail } = verdict(world, node, parsed.value);
    if (kind !== "Verified") return refused(`which is ${kind}: ${detail} (${reason})`);
  }
  return node.labels[nodeLabel(zone)] === nodeLabelValue
    ? undefined
    : refused(`which does not bear ${nodeLabel(zone)}=${nodeLabelValue}`);
};

/**
 * A Binding's labels overwrite the pod's, and by labels NetworkPolicies and Services select. So none may come but
 * those that say where the node is, which the API server itself puts there, and only as the node has them.
 */
const labels: Check = (world, _zone, binding) => {
  const node = world.nodes.get(nameOf(binding));
  for (const [key, value] of Object.entries(binding.metadata?.labels ?? {})) {
    const isNodes = topologyKeys.has(key) && node?.labels[key] === value;
    if (!isNodes) return { reason: "BindingLabel", field: `metadata.labels[${key}]`, found: `is ${quote(value)}` };
  }
  return undefined;
};

/** A Binding's annotations overwrite the pod's after Pod Security and `place()` looked at those. */
const annotations: Check = (_world, _zone, binding) => {
  const key = Object.keys(binding.metadata?.annotations ?? {}).find(isReservedAnnotation);
  return key === undefined
    ? undefined
    : { reason: "BindingAnnotation", field: `metadata.annotations[${key}]`, found: "is set" };
};

/** The order is the documentation: the first fault is the one a person reads. */
export const bindingChecks: readonly Check[] = [targetKind, nodeExists, uid, verified, labels, annotations];

const topologyKeys: ReadonlySet<string> = new Set(Object.values(topologyLabels));
const nameOf = ({ target }: Binding): string => target?.name ?? "";
