import { isolatePolicy, zoneOfExclusiveKey } from "../api/names.ts";
import { isOlder } from "../placement/older.ts";
import { workloadOf } from "../zone/workload.ts";
import { membersOf } from "../zone/members.ts";
import type { World } from "../zone/world.ts";
import type { NodeCount } from "./node-count.ts";
import { pretendersOf } from "./pretenders.ts";

/** What is counted for a zone. A pod counts while it is bound and has not ended. */
export type Census = Pick<NodeCount, "nodes" | "against"> & {
  readonly namespaces: readonly string[];
  readonly sealed: number;
  readonly pods: { readonly inPlace: number; readonly outOfPlace: number };
  /** How many workloads have pods out of place, and how many of those pods are static. */
  readonly workloads: number;
  readonly mirrors: number;
  /** By namespace, how many pods outside the zone could read what its pods hold on their nodes. */
  readonly neighbours: ReadonlyMap<string, number>;
  /** By another zone, how many of the zone's nodes bear its taint, so that no pod of this zone starts there. */
  readonly kept: ReadonlyMap<string, number>;
  /** By namespace outside the zone, how many pods bear its label themselves. */
  readonly pretenders: ReadonlyMap<string, number>;
  /** Up to five pods out of place, as namespace/name on node. */
  readonly outOfPlace: readonly string[];
  /** Pods that may be older than the isolation of their namespace: how many, and up to five as namespace/name. */
  readonly older: { readonly count: number; readonly some: readonly string[] };
};

const examples = 5;

/** Counts a zone's namespaces and pods beside its nodes. Costs one look per pod of the zone. */
export const takeCensus = (world: World, name: string, { nodes, against, verified }: NodeCount): Census => {
  const namespaces = membersOf(world, name);
  const pods = { inPlace: 0, outOfPlace: 0 };
  const outOfPlace: string[] = [];
  const workloads = new Set<string>();
  let mirrors = 0;
  // Where the guards are tried nothing runs; if something did, it would count.
  for (const namespace of world.namespacesOf(name))
    for (const pod of world.podsIn(namespace)) {
      if (pod.node === undefined || pod.ended) continue;
      if (verified.has(pod.node)) pods.inPlace += 1;
      else {
        pods.outOfPlace += 1;
        workloads.add(`${namespace}/${workloadOf(pod)}`);
        if (pod.mirror) mirrors += 1;
        if (outOfPlace.length < examples) outOfPlace.push(`${namespace}/${pod.name} on ${pod.node}`);
      }
    }
  const sealed = namespaces.filter((namespace) => world.namespaces.get(namespace)?.sealed === name).length;
  return {
    nodes,
    against,
    namespaces,
    sealed,
    pods,
    workloads: workloads.size,
    mirrors,
    outOfPlace,
    neighbours: neighboursOf(world, name, verified),
    kept: keptOf(world, name, verified),
    pretenders: pretendersOf(world, name),
    older: olderOf(world, name),
  };
};

const olderOf = (world: World, zone: string): Census["older"] => {
  let count = 0;
  const some: string[] = [];
  for (const namespace of world.namespacesOf(zone)) {
    const isolating = world.policiesIn(namespace).find(({ name }) => name === isolatePolicy);
    if (isolating === undefined) continue;
    for (const pod of world.podsIn(namespace)) {
      if (!isOlder(pod, zone, isolating.created)) continue;
      count += 1;
      if (some.length < examples) some.push(`${namespace}/${pod.name}`);
    }
  }
  return { count, some };
};

const neighboursOf = (world: World, zone: string, verified: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const neighbours = new Map<string, number>();
  for (const node of verified)
    for (const { namespace } of world.reachingOn(node))
      if (world.namespaces.get(namespace)?.zone !== zone)
        neighbours.set(namespace, (neighbours.get(namespace) ?? 0) + 1);
  return neighbours;
};

const keptOf = (world: World, zone: string, verified: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const kept = new Map<string, number>();
  for (const node of verified)
    for (const key of world.nodes.get(node)?.taintKeys ?? []) {
      const other = zoneOfExclusiveKey(key);
      if (other !== undefined && other !== zone) kept.set(other, (kept.get(other) ?? 0) + 1);
    }
  return kept;
};
