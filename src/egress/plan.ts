import type { NetworkPolicy } from "../api/kubernetes.ts";
import { isolatePolicy, isOurPolicy } from "../api/names.ts";
import type { PolicyFacts } from "../zone/facts.ts";
import { samePolicy } from "./equal.ts";

/** The live object that a step speaks of, as the plan saw it. A step that finds another uid must not be taken. */
export type Precondition = { readonly uid: string; readonly resourceVersion: string };

/** One write. `replace` makes the live object equal to `policy`, whatever else stood in it. */
export type Step =
  | { readonly kind: "create"; readonly policy: NetworkPolicy }
  | ({ readonly kind: "replace"; readonly policy: NetworkPolicy } & Precondition)
  | ({ readonly kind: "delete"; readonly namespace: string; readonly name: string } & Precondition);

/**
 * The writes that turn the live policies of a namespace into the wanted ones; none when they are equal. Policies that
 * do not bear one of our names are nobody's business here.
 *
 * Why the order is safe. A pod may do what any policy allows, and is isolated while one policy selects it. Isolation
 * is written first and never deleted here, so from then on pods are isolated whatever happens to the rest. Each later
 * step turns one policy from its old form into its new one, so at every moment what is allowed is a union of old and
 * new forms: no more than old and new together, also when the plan is cut short. Replacing comes before deleting, so
 * that what moves from a surplus part into one that stays is not cut off. Creating comes last: it is the one step that
 * others can have refused (a quota, a namespace that is going), and what narrows must not wait for it.
 */
export function plan(wanted: readonly NetworkPolicy[], live: readonly PolicyFacts[]): readonly Step[] {
  const ours = new Map(live.filter(({ name }) => isOurPolicy(name)).map((policy) => [keyOf(policy), policy]));
  const writes = wanted.flatMap((policy) => write(policy, ours.get(keyOf(policy.metadata))));
  const kept = new Set(wanted.map(({ metadata }) => keyOf(metadata)));
  const surplus = [...ours.values()].filter((policy) => !kept.has(keyOf(policy)) && policy.name !== isolatePolicy);
  return [
    ...writes.filter(isolates),
    ...writes.filter((step) => !isolates(step) && step.kind === "replace"),
    ...surplus.map(remove),
    ...writes.filter((step) => !isolates(step) && step.kind === "create"),
  ];
}

/**
 * The writes that remove our policies from a namespace that has left its zone: what allows first, isolation last, so
 * that the namespace opens once, at the end, and a plan that is cut short leaves it closed.
 */
export function planRelease(live: readonly PolicyFacts[]): readonly Step[] {
  const ours = live.filter(({ name }) => isOurPolicy(name));
  return [
    ...ours.filter(({ name }) => name !== isolatePolicy),
    ...ours.filter(({ name }) => name === isolatePolicy),
  ].map(remove);
}

type Write = Exclude<Step, { readonly kind: "delete" }>;

function write(policy: NetworkPolicy, live: PolicyFacts | undefined): readonly Write[] {
  if (live === undefined) return [{ kind: "create", policy }];
  const { uid, resourceVersion } = live;
  return samePolicy(live, policy) ? [] : [{ kind: "replace", policy, uid, resourceVersion }];
}

const isolates = ({ policy }: Write): boolean => policy.metadata.name === isolatePolicy;

const remove = ({ namespace, name, uid, resourceVersion }: PolicyFacts): Step => ({
  kind: "delete",
  namespace,
  name,
  uid,
  resourceVersion,
});

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }): string =>
  `${namespace}/${name}`;
