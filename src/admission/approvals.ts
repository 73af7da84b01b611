import { refuse } from "../placement/place.ts";
import { overlapsOf, type Clusters, type Unresolved } from "../zone/overlaps.ts";
import { parseCluster } from "../zone/parse-cluster.ts";
import { parseZone } from "../zone/parse-zone.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { allowed, decided, type Decided } from "./decided.ts";
import type { Review } from "./review.ts";

/**
 * Answers the review of a ResidencyZone or a RemoteCluster: what newly overlaps is refused to a zone that enforces,
 * with both names, and told to one that does not. Only what this write adds: a zone that stands in conflict already,
 * because somebody else's cluster or node came later, is mended step by step. What is not valid says so in its status.
 */
export const validateApprovals = (world: World, review: Review): Decided =>
  review.kind.kind === "ResidencyZone" ? judgeZone(world, review) : judgeCluster(world, review);

const judgeZone = (world: World, { object, oldObject }: Review): Decided => {
  const parsed = parseZone(object);
  if (!parsed.ok) return unjudged;
  const before = oldObject === undefined ? undefined : parseZone(oldObject);
  const known = before?.ok === true ? overlapsOf(world, before.value) : [];
  const found = added(known, overlapsOf(world, parsed.value));
  return found.length === 0 ? unjudged : answer([{ zone: parsed.value, approves: true, found }]);
};

/**
 * A cluster that a zone approves takes the zone along. One that no zone approves is only remembered, so it is let in with
 * a warning: refusing to know of it would not make the addresses another's.
 */
const judgeCluster = (world: World, { name, object, oldObject }: Review): Decided => {
  const parsed = parseCluster(object);
  if (!parsed.ok) return unjudged;
  const before = oldObject === undefined ? undefined : parseCluster(oldObject);
  const zones = [...world.zones.values()].flatMap((record) => (record.parsed.ok ? [record.parsed.value] : []));
  const concerned = zones.flatMap((zone): readonly Concerned[] => {
    const approves = zone.egress.clusters.includes(name);
    // Of a cluster that it does not approve only this one's networks are new to a zone.
    const others = approves ? world.clusters : pick(world.clusters, zone.egress.clusters);
    const ownNetworks = approves ? world.ownNetworks : [];
    const overlaps = (one: typeof before): readonly Unresolved[] =>
      overlapsOf({ clusters: withCluster(others, name, one), ownNetworks }, zone);
    const found = added(overlaps(before), overlaps(parsed));
    return found.length === 0 ? [] : [{ zone, approves, found }];
  });
  return concerned.length === 0 ? unjudged : answer(concerned);
};

/** A zone, whether the write is an approval of its own, and what it newly overlaps. */
type Concerned = { readonly zone: Zone; readonly approves: boolean; readonly found: readonly Unresolved[] };

const unjudged: Decided = { reason: "ResolvedRefs", zone: undefined, outcome: allowed };

/** The path tells where in its lists a zone says so; what overlaps is in the message. */
const added = (before: readonly Unresolved[], after: readonly Unresolved[]): readonly Unresolved[] =>
  after.filter(({ message }) => !before.some((known) => known.message === message));

const answer = (concerned: readonly Concerned[]): Decided => {
  const told = concerned.flatMap(({ zone, approves, found: [first] }) => {
    if (first === undefined) return [];
    const refused = refuse(zone.name, { reason: first.reason, field: first.path, found: first.message });
    return [{ refused, strict: approves && zone.enforcement === "Enforce", silent: zone.enforcement === "Audit" }];
  });
  const [first] = told.toSorted((a, b) => Number(b.strict) - Number(a.strict));
  if (first === undefined) return unjudged;
  if (first.strict) return decided(first.refused, { kind: "denied", code: 403, message: first.refused.message });
  const warnings = told.filter(({ silent }) => !silent).map(({ refused }) => refused.message);
  return decided(first.refused, { kind: "allowed", warnings: warnings.slice(0, mostWarnings) });
};

/** The API server cuts warnings off at 4 KiB together. */
const mostWarnings = 5;

const pick = (clusters: Clusters, names: readonly string[]): Clusters =>
  new Map(
    names.flatMap((name) => {
      const record = clusters.get(name);
      return record === undefined ? [] : [[name, record] as const];
    }),
  );

const withCluster = (
  clusters: Clusters,
  name: string,
  parsed: ReturnType<typeof parseCluster> | undefined,
): Clusters => {
  const others = new Map(clusters);
  if (parsed === undefined) others.delete(name);
  else others.set(name, { name, parsed });
  return others;
};
