import { isDeepStrictEqual } from "node:util";
import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import type { ReadStore } from "../kube/store.ts";
import { verdict } from "../placement/verdict.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { foremost, type NotVerified } from "./not-verified.ts";

/** A cluster's nodes as one zone sees them. */
export type NodeCount = {
  readonly nodes: { readonly verified: number; readonly rejected: number; readonly unknown: number };
  /** How often each reason stands against a node, for the sentence that says why none is verified. */
  readonly against: ReadonlyMap<string, number>;
  /** Names of the verified ones. */
  readonly verified: ReadonlySet<string>;
  /** Those that are not, as far as the zone's status shows them. */
  readonly notVerified: readonly NotVerified[];
};

/** Counts the nodes for a zone; one that is not valid is undefined. */
export type CountNodes = (world: World, name: string, zone: Zone | undefined) => NodeCount;

/**
 * Counts nodes; costs one verdict each. A zone that is not valid judges nobody: its nodes are those that bear its
 * label, and of the others nothing is known.
 */
export const countNodes: CountNodes = (world, name, zone) => {
  const verified = new Set<string>();
  const against = new Map<string, number>();
  const notVerified: NotVerified[] = [];
  const nodes = { verified: 0, rejected: 0, unknown: 0 };
  for (const node of world.nodes.values()) {
    const judged = zone && verdict(world, node, zone);
    const kind = judged?.kind ?? (node.labels[nodeLabel(name)] === nodeLabelValue ? "Verified" : "Unknown");
    nodes[counter[kind]] += 1;
    if (kind === "Verified") verified.add(node.name);
    else if (judged !== undefined) {
      const { reason } = judged;
      against.set(reason, (against.get(reason) ?? 0) + 1);
      notVerified.push({ name: node.name, uid: node.uid, verdict: kind, reason });
    }
  }
  return { nodes, against, verified, notVerified: foremost(notVerified) };
};

const counter = { Verified: "verified", Rejected: "rejected", Unknown: "unknown" } as const;

/**
 * Counts nodes once until one of them or the zone changes: 5,000 verdicts are 30 ms, and pods that come and go ask for a
 * census of their zone twice a second. `end` stops listening.
 */
export const rememberNodes = (
  nodes: Pick<ReadStore<NodeFacts>, "subscribe">,
): { readonly countNodes: CountNodes; readonly end: () => void } => {
  const memory = new Map<string, { readonly zone: Zone | undefined; readonly count: NodeCount }>();
  const end = nodes.subscribe(() => memory.clear());
  return {
    end,
    countNodes: (world, name, zone) => {
      const known = memory.get(name);
      if (known !== undefined && isDeepStrictEqual(known.zone, zone)) return known.count;
      const count = countNodes(world, name, zone);
      memory.set(name, { zone, count });
      return count;
    },
  };
};
