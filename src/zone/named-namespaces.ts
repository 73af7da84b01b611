import type { Reason } from "../api/reasons.ts";
import { exemptNamespaces, neverJoins } from "./exempt.ts";
import type { Problem } from "./problem.ts";
import type { ZoneRecord } from "./record.ts";
import type { World } from "./world.ts";

/**
 * The namespaces that a zone names in spec.namespaces. One that is being deleted names none, or those that hold it up
 * could never leave.
 */
export const namedBy = (zone: ZoneRecord | undefined): readonly string[] =>
  zone === undefined || zone.deleting ? [] : zone.namespaces;

/** The zones that name this namespace, in order. What can never join belongs to none. */
export const namersOf = (world: World, namespace: string): readonly string[] =>
  neverJoins(world, namespace)
    ? []
    : [...world.zones.values()]
        .filter((zone) => namedBy(zone).includes(namespace))
        .map(({ name }) => name)
        .toSorted();

/** The zones that name namespaces, in order, and these. What can never join is left out. */
export const namedByZone = (
  world: World,
): readonly { readonly zone: string; readonly namespaces: readonly string[] }[] => {
  const exempt = new Set(exemptNamespaces(world));
  return [...world.zones.values()]
    .map((zone) => ({ zone: zone.name, namespaces: namedBy(zone).filter((name) => !exempt.has(name)) }))
    .filter(({ namespaces }) => namespaces.length > 0)
    .toSorted((a, b) => (a.zone < b.zone ? -1 : 1));
};

/** Every namespace that a zone names, in order. */
export const namedNamespaces = (world: World): readonly string[] =>
  [...new Set(namedByZone(world).flatMap(({ namespaces }) => namespaces))].toSorted();

/** What is wrong with one name. */
export type NamingProblem = Problem & { readonly reason: Extract<Reason, "Invalid" | "NamespaceNamedTwice"> };

/** What in a zone's spec.namespaces cannot hold beside the other zones and the cluster's own namespaces. */
export const namingProblems = (world: World, { name: zone, namespaces }: ZoneRecord): readonly NamingProblem[] =>
  namespaces.flatMap((name, index): readonly NamingProblem[] => {
    const path = `spec.namespaces[${index}]`;
    if (neverJoins(world, name))
      return [{ reason: "Invalid", path, message: `${name} can never join: Domicile, DNS or Kubernetes lives there` }];
    const others = namersOf(world, name).filter((other) => other !== zone);
    if (others.length === 0) return [];
    return [{ reason: "NamespaceNamedTwice", path, message: `${name} is named by zone ${others.join(", ")} too` }];
  });

/** Namespaces that this zone alone names, and that are there and not in it. */
export const strays = (world: World, zone: ZoneRecord): readonly string[] =>
  namedBy(zone).filter((name) => {
    const found = world.namespaces.get(name);
    if (found === undefined || found.deleting || found.zone === zone.name) return false;
    return namersOf(world, name).join() === zone.name;
  });
