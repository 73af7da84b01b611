import { explain } from "../api/reasons.ts";
import type { Allowed } from "../egress/allowed.ts";
import type { Containment } from "../egress/contain.ts";
import { allowedIn, foreignPolicies, judgeStored, uncontainedAmong, type Uncontained } from "../egress/uncontained.ts";
import type { PolicyFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Events } from "./events.ts";
import type { ZonePolicies } from "./zone-policies.ts";

/** The policies of others in a zone's namespaces that are not contained in it, in order. */
export type FindUncontained = (world: World, zone: string, policies: ZonePolicies) => readonly Uncontained[];

type Known = {
  readonly basis: readonly unknown[];
  readonly allowed: Map<string, Allowed>;
  readonly judged: WeakMap<PolicyFacts, Containment>;
};

/**
 * Judges each policy once, until it changes or what its zone allows does: a zone is looked at whenever a pod of it comes
 * or goes, and policies come and go seldom.
 */
export const rememberContainment = (): FindUncontained => {
  const memory = new Map<string, Known>();
  return (world, zone, policies) => {
    const namespaces = world.namespacesOf(zone);
    // What stands counts where nothing can be compiled, and only there.
    const standing = policies.kind === "kept" ? namespaces.flatMap((name) => world.policiesIn(name)) : [];
    const basis = [policies, ...namespaces, ...standing];
    const before = memory.get(zone);
    const known = before !== undefined && same(before.basis, basis) ? before : freshly(basis);
    memory.set(zone, known);
    const allowed = (namespace: string): Allowed => {
      // What is compiled is the same in all of a zone's namespaces.
      const key = policies.kind === "compiled" ? "" : namespace;
      const found = known.allowed.get(key) ?? allowedIn(world, zone, namespace);
      known.allowed.set(key, found);
      return found;
    };
    return uncontainedAmong(foreignPolicies(world, zone), (policy) => {
      const found = known.judged.get(policy) ?? judgeStored(policy, allowed(policy.namespace));
      known.judged.set(policy, found);
      return found;
    });
  };
};

const freshly = (basis: readonly unknown[]): Known => ({ basis, allowed: new Map(), judged: new WeakMap() });

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** Events that one look writes; who is left out is told of by the next. */
const atOnce = 20;

/** Tells of each policy once, by an event of its own, until it is contained. A new leader tells once more what still stands. */
export const tellUncontained = (events: Events) => {
  const told = new Map<string, ReadonlySet<string>>();
  return async (zone: string, found: readonly Uncontained[], signal: AbortSignal): Promise<void> => {
    const before = told.get(zone) ?? new Set();
    const fresh = found.filter(({ uid }) => !before.has(uid)).slice(0, atOnce);
    const still = found.filter(({ uid }) => before.has(uid));
    if (found.length === 0) told.delete(zone);
    else told.set(zone, new Set([...still, ...fresh].map(({ uid }) => uid)));
    for (const { namespace, name, uid, containment } of fresh) {
      const { reason, path, message } = containment;
      await events.report({
        regarding: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace, name, uid },
        zone,
        type: "Warning",
        reason,
        action: "Judge",
        note: explain(reason, `${path} ${message}.`),
        signal,
      });
    }
  };
};
