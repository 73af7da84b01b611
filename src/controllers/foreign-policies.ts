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
