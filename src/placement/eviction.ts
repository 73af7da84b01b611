import type { PodFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { workloadOf } from "../zone/workload.ts";
import type { Drift } from "../zone/zone.ts";

/** What was evicted of a zone so far; times are milliseconds on a clock that never jumps. */
export type Evictions = {
  /** When the last try was; at first when the term of leading began, so that a change of leader never hastens. */
  readonly triedAt: number;
  /** Pods whose eviction was granted, by UID, and when: a watch may be behind. */
  readonly granted: ReadonlyMap<string, number>;
  /** By group, as `groupOf` names it. */
  readonly groups: ReadonlyMap<string, GroupHistory>;
};

type GroupHistory = {
  readonly triedAt: number;
  /** The last try was refused. */
  readonly refused: boolean;
  /** How many pods it had when one was evicted: what is missing since is not available. */
  readonly size: number;
};

/** What to do about pods out of place: evict one, look again at a time, or nothing until something changes. */
export type EvictionStep =
  | { readonly kind: "evict"; readonly pod: PodFacts }
  | { readonly kind: "wait"; readonly until: number }
  | { readonly kind: "rest" }
  /** The zone has no verified node left: evicted pods would run nowhere. */
  | { readonly kind: "stopped" };

/** A refusal lasts as long as a budget does, which changes with the pods: kubectl drain asks again as soon. */
export const refusedMs = 5_000;
/** An eviction shows within a second; one that does not within a minute did not happen. */
const grantedMs = 60_000;
/** A pod that nobody made anew for so long was not meant to be: its workload was scaled down meanwhile. */
const missedMs = 600_000;

/** The history of a term of leading that begins now. */
export const noEvictions = (now: number): Evictions => ({ triedAt: now, granted: new Map(), groups: new Map() });

type Case = {
  readonly world: World;
  readonly zone: string;
  readonly limits: Pick<Drift, "maxPerMinute" | "maxUnavailable">;
  /** Names of the zone's verified nodes. */
  readonly verified: ReadonlySet<string>;
  readonly history: Evictions;
  readonly now: number;
};

/**
 * Decides the next eviction in a zone. Tries are spread evenly: never sooner than a minute's share after the last. A pod
 * that is ready is evicted only where that leaves at most `maxUnavailable` of its workload not ready, going or missing;
 * one that is not ready serves nobody. Never evicted: mirror pods, pods whose node is gone, and pods of namespaces that
 * are not sealed, for what replaces them would be refused.
 */
export const nextEviction = ({ world, zone, limits, verified, history, now }: Case): EvictionStep => {
  const pods = podsOfZone(world, zone);
  const going = (pod: PodFacts): boolean =>
    pod.deleting || now - (history.granted.get(pod.uid) ?? -grantedMs) < grantedMs;
  const away = pods.filter((pod) => isAway(world, zone, verified, pod) && !pod.mirror && !going(pod));
  if (away.length === 0) return { kind: "rest" };
  if (verified.size === 0) return { kind: "stopped" };

  const counts = countGroups(pods, going);
  const unavailable = (group: string): number => {
    const { live, ready } = counts.get(group) ?? { live: 0, ready: 0 };
    return Math.max(live, sizeOf(history, group, now)) - ready;
  };
  const spare = away.filter((pod) => !pod.ready || unavailable(groupOf(pod)) < limits.maxUnavailable);
  if (spare.length === 0) return whenMissed(history, new Set(away.map(groupOf)), now);

  const paced = history.triedAt + 60_000 / limits.maxPerMinute;
  const ranked = spare.map((pod) => {
    const known = history.groups.get(groupOf(pod));
    const free = known?.refused === true ? known.triedAt + refusedMs : 0;
    return { pod, due: Math.max(now, paced, free), triedAt: known?.triedAt ?? 0 };
  });
  const first = ranked.reduce((best, next) => (isBefore(next, best) ? next : best));
  return first.due > now ? { kind: "wait", until: first.due } : { kind: "evict", pod: first.pod };
};

/** The history once a pod was tried: `granted`, `refused` by what guards it, or `gone` before. */
export const tried = (
  { world, zone, history, now }: Pick<Case, "world" | "zone" | "history" | "now">,
  pod: PodFacts,
  outcome: "granted" | "refused" | "gone",
): Evictions => {
  const group = groupOf(pod);
  const live = podsOfZone(world, zone).filter((other) => groupOf(other) === group && !other.deleting).length;
  const size = sizeOf(history, group, now);
  const groups = new Map([...history.groups].filter(([, { triedAt }]) => now - triedAt < missedMs));
  groups.set(group, {
    triedAt: now,
    refused: outcome === "refused",
    size: outcome === "granted" ? Math.max(live, size) : size,
  });
  const granted = new Map([...history.granted].filter(([, at]) => now - at < grantedMs));
  if (outcome !== "refused") granted.set(pod.uid, now);
  return { triedAt: now, granted, groups };
};

/** Whether the last try at a pod of the same workload was refused. */
export const wasRefused = ({ groups }: Evictions, pod: PodFacts): boolean => groups.get(groupOf(pod))?.refused === true;

/** Bound pods of a zone that have not ended and whose node is not verified for it. */
export const outOfPlace = (world: World, zone: string, verified: ReadonlySet<string>): readonly PodFacts[] =>
  podsOfZone(world, zone).filter(({ node }) => node !== undefined && !verified.has(node));

const isAway = (world: World, zone: string, verified: ReadonlySet<string>, { namespace, node }: PodFacts): boolean =>
  node !== undefined &&
  !verified.has(node) &&
  world.nodes.has(node) &&
  world.namespaces.get(namespace)?.sealed === zone;

const podsOfZone = (world: World, zone: string): readonly PodFacts[] =>
  world.namespacesOf(zone).flatMap((namespace) => world.podsIn(namespace).filter(({ ended }) => !ended));

/** Pods that stand in for each other. A DaemonSet's do not: each serves its node, and one that goes is not made anew elsewhere. */
const groupOf = (pod: PodFacts): string =>
  `${pod.namespace}/${workloadOf(pod)}${pod.owner?.kind === "DaemonSet" ? `/${pod.name}` : ""}`;

const countGroups = (pods: readonly PodFacts[], going: (pod: PodFacts) => boolean) => {
  const counts = new Map<string, { live: number; ready: number }>();
  for (const pod of pods) {
    if (going(pod)) continue;
    const group = groupOf(pod);
    const count = counts.get(group) ?? { live: 0, ready: 0 };
    counts.set(group, count);
    count.live += 1;
    if (pod.ready) count.ready += 1;
  }
  return counts;
};

const sizeOf = ({ groups }: Evictions, group: string, now: number): number => {
  const known = groups.get(group);
  return known === undefined || now - known.triedAt >= missedMs ? 0 : known.size;
};

/** Pods that become ready are heard of; that one is missing is forgotten in time, and nobody tells of that. */
const whenMissed = ({ groups }: Evictions, of: ReadonlySet<string>, now: number): EvictionStep => {
  const times = [...groups]
    .filter(([group, { size, triedAt }]) => of.has(group) && size > 0 && now - triedAt < missedMs)
    .map(([, { triedAt }]) => triedAt + missedMs);
  return times.length === 0 ? { kind: "rest" } : { kind: "wait", until: Math.min(...times) };
};

type Ranked = { readonly pod: PodFacts; readonly due: number; readonly triedAt: number };

/** Who is due first; of those the one whose workload was tried longest ago, so that a refused one holds up nobody. */
const isBefore = (a: Ranked, b: Ranked): boolean => {
  if (a.due !== b.due) return a.due < b.due;
  if (a.triedAt !== b.triedAt) return a.triedAt < b.triedAt;
  return `${a.pod.namespace}/${a.pod.name}` < `${b.pod.namespace}/${b.pod.name}`;
};
