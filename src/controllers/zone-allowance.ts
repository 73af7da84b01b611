import { allowedFrom, standingIn, type AllowedIn } from "../egress/uncontained.ts";
import type { Allowed } from "../egress/allowed.ts";
import type { PoliciesOf } from "./zone-policies.ts";

type Known = { readonly basis: readonly unknown[]; readonly allowed: Allowed };

/**
 * What a zone allows in a namespace, read from its policies once until these change or its namespaces do: controllers ask
 * whenever a pod comes or goes, admission for each policy that is written. The same value comes back while it is good.
 */
export const rememberAllowed = (policiesOf: PoliciesOf): AllowedIn => {
  const memory = new Map<string, Known>();
  return (world, zone, namespace) => {
    const record = world.zones.get(zone);
    const policies = record === undefined ? undefined : policiesOf(world, record);
    const compiled = policies?.kind === "compiled";
    const specs = compiled ? policies.specs : standingIn(world, zone, namespace);
    // What is compiled is the same in all of a zone's namespaces.
    const key = compiled || namespace === undefined ? zone : `${zone}/${namespace}`;
    const basis = [...world.namespacesOf(zone), ...(compiled ? [specs] : specs)];
    const known = memory.get(key);
    if (known !== undefined && same(known.basis, basis)) return known.allowed;
    const allowed = allowedFrom(world, zone, specs);
    memory.set(key, { basis, allowed });
    return allowed;
  };
};

// Stores keep an object's identity while its projection is equal, and so does what compiles zones.
const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
