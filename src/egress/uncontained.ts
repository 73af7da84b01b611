import { isOurPolicy } from "../api/names.ts";
import type { PolicyFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { allowedBy, type Allowed } from "./allowed.ts";
import { compileIn } from "./compile-in.ts";
import { contain, type Containment } from "./contain.ts";

/** A policy of somebody else's that opens more than its zone allows, or of which nobody can tell. */
export type Uncontained = Pick<PolicyFacts, "namespace" | "name" | "uid"> & {
  readonly containment: Exclude<Containment, { readonly kind: "contained" }>;
};

/**
 * What a zone allows in a namespace of its own: what is compiled for it, and where nothing can be, because it is not
 * valid or not there, the policies of Domicile's that stand there. That widens nothing: nobody else writes these.
 */
export const allowedIn = (world: World, zone: string, namespace: string): Allowed => {
  const parsed = world.zones.get(zone)?.parsed;
  const compiled = parsed?.ok === true ? compileIn(world, parsed.value) : undefined;
  const standing = () => world.policiesIn(namespace).filter(({ name }) => isOurPolicy(name));
  const specs = (compiled?.kind === "compiled" ? compiled.specs : standing()).map(({ spec }) => spec);
  return allowedBy(zone, world.namespacesOf(zone), specs);
};

/** Judges a stored NetworkPolicy as admission judges one that is written. */
export const judgeStored = ({ namespace, spec }: PolicyFacts, allowed: Allowed): Containment =>
  contain({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { namespace }, spec }, allowed);

/** The NetworkPolicies that others wrote into a zone's namespaces, in order. */
export const foreignPolicies = (world: World, zone: string): readonly PolicyFacts[] =>
  world
    .namespacesOf(zone)
    .flatMap((namespace) => world.policiesIn(namespace))
    .filter(({ name }) => !isOurPolicy(name))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** Those of these policies that are not contained; `judge` says so of each. */
export const uncontainedAmong = (
  policies: readonly PolicyFacts[],
  judge: (policy: PolicyFacts) => Containment,
): readonly Uncontained[] =>
  policies.flatMap((policy) => {
    const containment = judge(policy);
    const { namespace, name, uid } = policy;
    return containment.kind === "contained" ? [] : [{ namespace, name, uid, containment }];
  });

/** The policies of others that are not contained in a zone, in order; judged afresh. */
export const uncontainedIn = (world: World, zone: string): readonly Uncontained[] =>
  uncontainedAmong(foreignPolicies(world, zone), (policy) =>
    judgeStored(policy, allowedIn(world, zone, policy.namespace)),
  );

const keyOf = ({ namespace, name }: PolicyFacts): string => `${namespace}/${name}`;
