import type { Labels } from "../api/kubernetes.ts";
import { isWithin } from "../labels/implies.ts";
import type { Product } from "../labels/implies.ts";
import { admits, anyState, isNever, meet, without } from "../labels/states.ts";

/**
 * Pods by what their namespace's labels and their own may be: a conjunction, so each label is constrained by itself.
 * Keys are made by `namespaceKey`, `podKey` and `clusterKey`; a key that is not there may be anything.
 */
export type PodSet = Product;

/** A label of the namespace. */
export const namespaceKey = (label: string): string => `namespace ${label}`;

/** A label of the pod itself. */
export const podKey = (label: string): string => `pod ${label}`;

/** The cluster that the pod is in, where several are joined in a mesh. */
export const clusterKey = "cluster";

/** What is said for this cluster's name where nobody joined it with others, so that nobody needs one. */
export const thisCluster = "";

/** Every pod of every namespace. */
export const everyPod: PodSet = new Map();

/** Whether a pod of this cluster is in the set, by its namespace's labels and its own. */
export const hasPod = (set: PodSet, namespace: Labels, pod: Labels): boolean => {
  const known: Labels = {
    ...keyed(namespace, namespaceKey),
    ...keyed(pod, podKey),
    [clusterKey]: thisCluster,
  };
  return set.entries().every(([key, states]) => admits(states, Object.hasOwn(known, key) ? known[key] : undefined));
};

const keyed = (labels: Labels, key: (label: string) => string): Labels =>
  Object.fromEntries(Object.entries(labels).map(([label, value]) => [key(label), value]));

/** The pods that are in both sets, or undefined when none is. */
export function meeting(a: PodSet, b: PodSet): PodSet | undefined {
  const out = new Map(a);
  for (const [key, states] of b) {
    const both = meet(out.get(key) ?? anyState, states);
    if (isNever(both)) return undefined;
    out.set(key, both);
  }
  return out;
}

/** Some pods of `set` that are in none of `covers`; undefined when there are none, "unknown" when that cannot be told. */
export function uncovered(set: PodSet, covers: readonly PodSet[]): PodSet | undefined | "unknown" {
  let found: PodSet | undefined;
  const ended = walk(set, covers, (rest) => {
    found = rest;
    return "stop";
  });
  return ended === "unknown" ? ended : found;
}

/** All pods of `set` that are in none of `covers`, as sets that have none in common; "unknown" when that cannot be told. */
export function remainder(set: PodSet, covers: readonly PodSet[]): readonly PodSet[] | "unknown" {
  const found: PodSet[] = [];
  const ended = walk(set, covers, (rest) => {
    found.push(rest);
    return "go on";
  });
  return ended === "unknown" ? ended : found;
}

/**
 * Visits what is in the set and in none of `covers`, piece by piece; "unknown" when that takes more than `mostSteps`:
 * selectors that overlap without one implying another make a puzzle that doubles with each of them.
 *
 * A set outside a cover differs from it in some label. Going through the cover's labels, what differs in the first is
 * one piece, what agrees there and differs in the second another, and so on: disjoint, and each still a conjunction.
 */
function walk(
  set: PodSet,
  covers: readonly PodSet[],
  visit: (rest: PodSet) => "stop" | "go on",
): "stop" | "go on" | "unknown" {
  if (covers.some((cover) => isWithin(set, cover))) return "go on";
  let steps = mostSteps;
  const search = (rest: PodSet, from: number): "stop" | "go on" | "unknown" => {
    if (steps-- <= 0) return "unknown";
    const at = covers.findIndex((each, index) => index >= from && meeting(rest, each) !== undefined);
    const cover = at < 0 ? undefined : covers[at];
    if (cover === undefined) return visit(rest);
    let agreed = new Map(rest);
    for (const [key, states] of cover) {
      const here = agreed.get(key) ?? anyState;
      const differs = without(here, states);
      if (!isNever(differs)) {
        const ended = search(new Map(agreed).set(key, differs), at + 1);
        if (ended !== "go on") return ended;
      }
      agreed = agreed.set(key, meet(here, states));
    }
    return "go on";
  };
  return search(set, 0);
}

/** Real selectors come to a handful; so many take some 40 ms. */
const mostSteps = 2_000;
