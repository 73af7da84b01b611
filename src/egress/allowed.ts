import type { NetworkPolicySpec } from "../api/kubernetes.ts";
import { coverOf } from "./cover.ts";
import type { Cover, Flow } from "./cover.ts";
import { together } from "./flow.ts";
import type { Direction } from "./flow.ts";
import { readNetworkPolicy } from "./network-policy.ts";
import type { PodSet } from "./pod-set.ts";
import { universe } from "./select.ts";

/** What a zone's pods may do: what its own policies open, no more. Made once for many policies that are judged by it. */
export type Allowed = {
  readonly zone: string;
  /** Names of the zone's namespaces. */
  readonly namespaces: readonly string[];
  readonly egress: Cover;
  readonly ingress: Cover;
  /** Every pod there may be. */
  readonly pods: PodSet;
  /** This cluster's name in a mesh of several; undefined where it is alone. */
  readonly cluster: string | undefined;
};

/**
 * What the policies that `compile` makes for a zone open together. There is no second account of what a zone allows:
 * these are read as any other policy is. One that cannot be read opens nothing. What a zone allows is in this cluster:
 * where it is joined with others, `cluster` is its name among them.
 */
export function allowedBy(
  zone: string,
  namespaces: readonly string[],
  specs: readonly Partial<NetworkPolicySpec>[],
  cluster?: string,
): Allowed {
  const rules = specs.flatMap((spec) => {
    const reading = readNetworkPolicy(spec, { zone, namespace: undefined, namespaces, cluster });
    return reading.kind === "rules" ? reading.rules : [];
  });
  const cover = (direction: Direction): Cover =>
    coverOf(
      rules
        .filter((rule) => rule.direction === direction)
        .map(({ entries, ports }): Flow => ({ peers: together(entries), ports })),
    );
  return { zone, namespaces, egress: cover("egress"), ingress: cover("ingress"), pods: universe(cluster), cluster };
}
