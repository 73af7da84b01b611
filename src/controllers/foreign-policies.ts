import { explain } from "../api/reasons.ts";
import type { Allowed } from "../egress/allowed.ts";
import type { Containment } from "../egress/contain.ts";
import {
  foreignPolicies,
  judgeStored,
  placeOf,
  uncontainedAmong,
  type AllowedIn,
  type Theirs,
  type Uncontained,
} from "../egress/uncontained.ts";
import type { World } from "../zone/world.ts";
import type { Events } from "./events.ts";

/** The policies of others that concern a zone's namespaces and are not contained in it, in order. */
export type FindUncontained = (world: World, zone: string) => readonly Uncontained[];

/** Judges each policy once, until it changes or what its zone allows does. */
export const rememberContainment = (allowedIn: AllowedIn): FindUncontained => {
  const judged = new WeakMap<Allowed, WeakMap<Theirs, Containment>>();
  return (world, zone) =>
    uncontainedAmong(foreignPolicies(world, zone), (policy) => {
      const allowed = allowedIn(world, zone, placeOf(policy));
      const known = judged.get(allowed) ?? new WeakMap<Theirs, Containment>();
      judged.set(allowed, known);
      const found = known.get(policy) ?? judgeStored(policy, allowed);
      known.set(policy, found);
      return found;
    });
};

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
    for (const { apiVersion, kind, namespace, name, uid, containment } of fresh) {
      const { reason, path, message } = containment;
      await events.report({
        regarding: { apiVersion, kind, ...(namespace === "" ? {} : { namespace }), name, uid },
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
