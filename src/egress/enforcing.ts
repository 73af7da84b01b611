import type { PodFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { knownEnforcers, recognise, type Recognised } from "./enforcers.ts";

/** Whether something enforces NetworkPolicies on a zone's nodes, as far as its being there can tell. */
export type Enforcing = { readonly detail: string } & (
  | { readonly kind: "found"; readonly reason: "EnforcerFound" }
  | { readonly kind: "missing"; readonly reason: "EnforcerMissing" }
  | { readonly kind: "unknown"; readonly reason: "EnforcerUnknown" }
);

/**
 * Looks for a known enforcer on each of these nodes. Costs a look at the pods that reach each node, among which all known
 * enforcers and plugins are: they are privileged or mount paths of the node.
 */
export const findEnforcing = (world: World, nodes: ReadonlySet<string>): Enforcing => {
  const seen = [...world.daemonSets.values()].flatMap((daemonSet) => recognise(daemonSet) ?? []);
  const enforcers = seen.filter(({ enforces }) => enforces);
  const others = seen.filter(({ enforces }) => !enforces);
  if (nodes.size === 0)
    return unknown(
      `${seen.length === 0 ? noneKnown : `Seen: ${seen.map(words).join("; ")}.`} No node of the zone is verified.`,
    );
  if (enforcers.length === 0) {
    const present = others.filter(({ daemonSet: { uid } }) =>
      [...nodes].some((node) => podsOf(world, node, [uid]) > 0),
    );
    if (present.length === 0) return unknown(noneKnown);
    return missing(`Seen on nodes of the zone: ${present.map(words).join("; ")}. No known enforcer is beside it.`);
  }

  const uids = enforcers.map(({ daemonSet: { uid } }) => uid);
  const named = enforcers.map(words).join("; ");
  const bare = [...nodes].filter((node) => podsOf(world, node, uids) === 0);
  if (bare.length > 0) return missing(`${named}. It has no pod on ${some(bare, nodes)}.`);
  const starting = [...nodes].filter((node) => podsOf(world, node, uids, serves) === 0);
  if (starting.length > 0)
    return unknown(`${named}. Its pod is not ready on ${some(starting, nodes)}, so pods that start there may be open.`);
  return { kind: "found", reason: "EnforcerFound", detail: `${named}. Ready on ${counted(nodes.size)}.` };
};

const unknown = (detail: string): Enforcing => ({ kind: "unknown", reason: "EnforcerUnknown", detail });
const missing = (detail: string): Enforcing => ({ kind: "missing", reason: "EnforcerMissing", detail });

const noneKnown = `No DaemonSet of a known enforcer is where its manifests put it (${knownEnforcers.join(", ")}).`;

const serves = ({ ready, deleting }: PodFacts): boolean => ready && !deleting;

/** How many pods of these DaemonSets are on a node. */
const podsOf = (
  world: World,
  node: string,
  uids: readonly string[],
  counts: (pod: PodFacts) => boolean = () => true,
): number =>
  world.reachingOn(node).filter((pod) => pod.owner?.kind === "DaemonSet" && uids.includes(pod.owner.uid) && counts(pod))
    .length;

const words = ({ product, daemonSet: { namespace, name }, image, enforces, offBy }: Recognised): string => {
  // A digest says nothing to people, and a name of an image may be 4 kB long.
  const of = image === undefined ? "" : `, image ${image.replace(/@.*$/, "").slice(-100)}`;
  const not = offBy === undefined ? ", which enforces no NetworkPolicy" : `, where ${offBy} switches enforcing off`;
  return `${product} (DaemonSet ${namespace}/${name}${of})${enforces ? "" : not}`;
};

/** A condition stays readable with this many names in it. */
const shown = 5;

const some = (names: readonly string[], all: ReadonlySet<string>): string => {
  const first = names.toSorted().slice(0, shown);
  const rest = names.length - first.length;
  return `${names.length} of ${counted(all.size)}: ${first.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};

const counted = (nodes: number): string => `${nodes} verified node${nodes === 1 ? "" : "s"}`;
