import { isOurPolicy } from "../api/names.ts";
import type { ForeignPolicy, PolicyFacts } from "../zone/facts.ts";
import { reachesFar } from "../zone/foreign-facts.ts";
import type { World } from "../zone/world.ts";
import { allowedBy, type Allowed } from "./allowed.ts";
import { compileIn } from "./compile-in.ts";
import { contain, type Containment } from "./contain.ts";

/** A policy of somebody else's, of whatever kind. */
export type Theirs = PolicyFacts | ForeignPolicy;

/** A policy of somebody else's that opens more than its zone allows, or of which nobody can tell. */
export type Uncontained = Pick<ForeignPolicy, "apiVersion" | "kind" | "namespace" | "name" | "uid"> & {
  readonly containment: Exclude<Containment, { readonly kind: "contained" }>;
};

/** What a zone allows in a namespace of its own; without one, in each of them. */
export type AllowedIn = (world: World, zone: string, namespace: string | undefined) => Allowed;

type Spec = Pick<PolicyFacts, "spec">;

/** What a zone allows as the World stands; who asks often remembers it. */
export const allowedIn: AllowedIn = (world, zone, namespace) => {
  const parsed = world.zones.get(zone)?.parsed;
  const compiled = parsed?.ok === true ? compileIn(world, parsed.value) : undefined;
  return allowedFrom(world, zone, compiled?.kind === "compiled" ? compiled.specs : standingIn(world, zone, namespace));
};

/** What these policies of a zone allow. */
export const allowedFrom = (world: World, zone: string, specs: readonly Spec[]): Allowed =>
  allowedBy(
    zone,
    world.namespacesOf(zone),
    specs.map(({ spec }) => spec),
  );

/**
 * What counts where nothing can be compiled, because a zone is not valid or not there: the policies of Domicile's that
 * stand in the namespace, or, without one, in every namespace that is sealed for the zone. That widens nothing: nobody
 * else writes these.
 */
export const standingIn = (world: World, zone: string, namespace: string | undefined): readonly Spec[] => {
  const names = namespace === undefined ? sealedFor(world, zone) : [namespace];
  const [first = [], ...others] = names.map((name) => world.policiesIn(name).filter((one) => isOurPolicy(one.name)));
  const elsewhere = others.map((policies) => new Set(policies.map(({ spec }) => JSON.stringify(spec))));
  return first.filter(({ spec }) => elsewhere.every((specs) => specs.has(JSON.stringify(spec))));
};

const sealedFor = (world: World, zone: string): readonly string[] =>
  world.namespacesOf(zone).filter((name) => world.namespaces.get(name)?.sealed === zone);

/** Judges a stored policy as admission judges one that is written. */
export const judgeStored = (policy: Theirs, allowed: Allowed): Containment => {
  const { apiVersion, kind } = kindOf(policy);
  const { namespace, labels, spec } = policy;
  const metadata = { ...(namespace === "" ? {} : { namespace }), labels };
  return contain({ apiVersion, kind, metadata, spec, ...("specs" in policy ? { specs: policy.specs } : {}) }, allowed);
};

/** The policies that others wrote into a zone's namespaces, and those of elsewhere that may concern these, in order. */
export const foreignPolicies = (world: World, zone: string): readonly Theirs[] => {
  const namespaces = world.namespacesOf(zone);
  const within: readonly Theirs[] = namespaces.flatMap((namespace) => [
    ...world.policiesIn(namespace).filter(({ name }) => !isOurPolicy(name)),
    ...world.foreignIn(namespace).filter((policy) => !reachesFar(policy)),
  ]);
  // Who has no namespace has no pods to open.
  const far = namespaces.length === 0 ? [] : world.farReaching;
  return [...within, ...far].toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
};

/** In whose namespaces a policy is judged: its own, or, where it may concern several, all of them. */
export const placeOf = (policy: Theirs): string | undefined =>
  "kind" in policy && reachesFar(policy) ? undefined : policy.namespace;

/** Those of these policies that are not contained; `judge` says so of each. */
export const uncontainedAmong = (
  policies: readonly Theirs[],
  judge: (policy: Theirs) => Containment,
): readonly Uncontained[] =>
  policies.flatMap((policy) => {
    const containment = judge(policy);
    const { namespace, name, uid } = policy;
    return containment.kind === "contained" ? [] : [{ ...kindOf(policy), namespace, name, uid, containment }];
  });

/** The policies of others that are not contained in a zone, in order; judged afresh. */
export const uncontainedIn = (world: World, zone: string): readonly Uncontained[] =>
  uncontainedAmong(foreignPolicies(world, zone), (policy) =>
    judgeStored(policy, allowedIn(world, zone, placeOf(policy))),
  );

const kindOf = (policy: Theirs): Pick<Uncontained, "apiVersion" | "kind"> =>
  "kind" in policy
    ? { apiVersion: policy.apiVersion, kind: policy.kind }
    : { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" };

const keyOf = ({ namespace, name }: Theirs): string => `${namespace}/${name}`;

/** How a policy is called in a sentence. */
export const nameOf = ({ kind, namespace, name }: Pick<Uncontained, "kind" | "namespace" | "name">): string =>
  `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
