import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import { verdict } from "../placement/verdict.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";

/** What is counted for a zone. A pod counts while it is bound and has not ended. */
export type Census = {
  readonly nodes: { readonly verified: number; readonly rejected: number; readonly unknown: number };
  /** How often each reason stands against a node, for the sentence that says why none is verified. */
  readonly against: ReadonlyMap<string, number>;
  readonly namespaces: readonly string[];
  readonly sealed: number;
  readonly pods: { readonly inPlace: number; readonly outOfPlace: number };
  /** Up to five pods out of place, as namespace/name on node. */
  readonly outOfPlace: readonly string[];
};

const examples = 5;

/**
 * Counts a zone's nodes, namespaces and pods. Costs one verdict per node and one look per pod of the zone. A zone that
 * is not valid (undefined) judges nobody: its nodes are those that bear its label, and of the others nothing is known.
 */
export const takeCensus = (world: World, name: string, zone: Zone | undefined): Census => {
  const verified = new Set<string>();
  const against = new Map<string, number>();
  const nodes = { verified: 0, rejected: 0, unknown: 0 };
  for (const node of world.nodes.values()) {
    const judged = zone && verdict(world, node, zone);
    const kind = judged?.kind ?? (node.labels[nodeLabel(name)] === nodeLabelValue ? "Verified" : "Unknown");
    nodes[counter[kind]] += 1;
    if (kind === "Verified") verified.add(node.name);
    else if (judged !== undefined) against.set(judged.reason, (against.get(judged.reason) ?? 0) + 1);
  }

  const namespaces = world.namespacesOf(name);
  const pods = { inPlace: 0, outOfPlace: 0 };
  const outOfPlace: string[] = [];
  for (const namespace of namespaces)
    for (const pod of world.podsIn(namespace)) {
      if (pod.node === undefined || pod.ended) continue;
      if (verified.has(pod.node)) pods.inPlace += 1;
      else {
        pods.outOfPlace += 1;
        if (outOfPlace.length < examples) outOfPlace.push(`${namespace}/${pod.name} on ${pod.node}`);
      }
    }
  const sealed = namespaces.filter((namespace) => world.namespaces.get(namespace)?.sealed === name).length;
  return { nodes, against, namespaces, sealed, pods, outOfPlace };
};

const counter = { Verified: "verified", Rejected: "rejected", Unknown: "unknown" } as const;
