import { isOurPolicy } from "../api/names.ts";
import type { ExposedSpec } from "../api/zone-exposure.ts";
import type { Reason } from "../api/reasons.ts";
import { membersOf } from "../zone/members.ts";
import type { Problem } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import type { Enforcement } from "../zone/zone.ts";
import { compileIn, grantsIn } from "./compile-in.ts";
import type { NamedSpec } from "./compile.ts";
import { difference, openIn, openOf, type Change, type Open } from "./difference.ts";
import { exposedBeyond } from "./exposure-difference.ts";
import { plan, planRelease, type Step } from "./plan.ts";
import { stamp } from "./stamp.ts";
import { nameOf, uncontainedIn, type Uncontained } from "./uncontained.ts";

/** What becomes of a zone's network between two Worlds. */
export type ZonePlan = {
  readonly zone: string;
  /** Undefined where there is no such zone. */
  readonly before: Enforcement | undefined;
  readonly after: Enforcement | undefined;
  /** Why nothing is compiled for it afterwards: what stands stays. */
  readonly refused: { readonly reason: Reason; readonly problems: readonly Problem[] } | undefined;
  readonly opens: readonly Change[];
  readonly closes: readonly Change[];
  /** Objects that spec.exposure lists afterwards and did not before, and the other way about. */
  readonly exposes: readonly string[];
  readonly conceals: readonly string[];
  /** It begins to enforce: all that it does not allow closes, and this stays open. */
  readonly isolates: readonly Open[] | undefined;
  /** It enforces no longer: nothing is refused or repaired any more, and what stands stays until somebody takes it away. */
  readonly loosens: boolean;
  /** Namespaces that become peers of others in the zone, that merely join, and that leave. */
  readonly peers: readonly string[];
  readonly joins: readonly string[];
  readonly leaves: readonly string[];
  readonly steps: readonly Step[];
  /** Policies of others that open more than the zone allows afterwards, and did not before. */
  readonly uncontained: readonly Uncontained[];
};

/** Whether anything opens. */
export const widens = ({ opens, exposes, loosens, peers, leaves, before }: ZonePlan): boolean =>
  opens.length > 0 || exposes.length > 0 || loosens || peers.length > 0 || (before === "Enforce" && leaves.length > 0);

/** Whether nothing changes at all. */
export const isIdle = (found: ZonePlan): boolean =>
  !widens(found) &&
  found.refused === undefined &&
  found.isolates === undefined &&
  [found.closes, found.conceals, found.joins, found.leaves, found.steps, found.uncontained].every(
    (list) => list.length === 0,
  );

/** What becomes of every zone of either World, in order of their names. */
export const planZones = (before: World, after: World): readonly ZonePlan[] =>
  [...new Set([...before.zones.keys(), ...after.zones.keys()])].toSorted().map((zone) => planZone(before, after, zone));

const planZone = (before: World, after: World, zone: string): ZonePlan => {
  const [was, is] = [stance(before, zone), stance(after, zone)];
  const [old, now] = [membersOf(before, zone), membersOf(after, zone)];
  const joins = now.filter((name) => !old.includes(name));
  const leaves = old.filter((name) => !now.includes(name));
  const known = is.refused === undefined && is.enforcement !== undefined;
  const compared = known && was.enforcement !== undefined && !(was.idle && !is.idle);
  // What no manifest speaks of and nothing touches is as it was, whatever state that is.
  const touched = before.zones.get(zone) !== after.zones.get(zone) || joins.length > 0;
  const rewritten = touched || JSON.stringify(is.specs) !== JSON.stringify(was.specs);
  const narrower = is.withinZone && old.length + joins.length > 1;
  return {
    zone,
    before: was.enforcement,
    after: is.enforcement,
    refused: touched || was.refused === undefined ? is.refused : undefined,
    opens: compared ? difference(is.open, was.open) : [],
    closes: compared ? difference(was.open, is.open) : [],
    exposes: compared ? exposedBeyond(is.exposure, was.exposure) : [],
    conceals: compared ? exposedBeyond(was.exposure, is.exposure) : [],
    isolates: known && !is.idle && was.idle ? is.open : undefined,
    loosens: !was.idle && is.idle && is.enforcement !== undefined,
    peers: narrower ? joins : [],
    joins: narrower ? [] : joins,
    leaves,
    steps: [
      ...leaves.flatMap((name) => (isInZone(after, name) ? [] : planRelease(before.policiesIn(name)))),
      ...(is.idle || is.refused !== undefined || !rewritten
        ? []
        : now.flatMap((name) => plan(stamp(is.specs, name, zone), after.policiesIn(name)))),
    ],
    uncontained: newlyUncontained(before, after, zone),
  };
};

/** How a zone stands in a World. */
type Stance = {
  readonly enforcement: Enforcement | undefined;
  /** Nothing of it is enforced. */
  readonly idle: boolean;
  readonly open: readonly Open[];
  readonly specs: readonly NamedSpec[];
  readonly exposure: readonly ExposedSpec[];
  readonly withinZone: boolean;
  readonly refused: ZonePlan["refused"];
};

const stance = (world: World, name: string): Stance => {
  const record = world.zones.get(name);
  const nothing = { idle: true, open: [], specs: [], exposure: [], withinZone: false, refused: undefined };
  if (record === undefined) return { ...nothing, enforcement: undefined };
  const { parsed, enforcement } = record;
  const some = { ...nothing, enforcement, idle: enforcement !== "Enforce" };
  const standing = { ...some, open: openIn(name, standingIn(world, name)), withinZone: true };
  if (!parsed.ok) return { ...standing, refused: { reason: "Invalid", problems: parsed.problems } };
  const { exposure } = parsed.value;
  const granted = grantsIn(world, record);
  const compiled = compileIn(world, parsed.value);
  if (granted.kind === "refused") return { ...standing, exposure, refused: granted };
  if (compiled.kind === "refused") return { ...standing, exposure, refused: compiled };
  return {
    ...some,
    open: openOf(name, granted),
    specs: compiled.specs,
    exposure,
    withinZone: parsed.value.egress.withinZone === "Allow",
  };
};

/** Domicile's own policies in the first of a zone's namespaces; they are the same in all. */
const standingIn = (world: World, zone: string) => {
  const first = membersOf(world, zone).find((name) => world.policiesIn(name).some(isOurs)) ?? "";
  return world
    .policiesIn(first)
    .filter(isOurs)
    .map(({ spec }) => spec);
};

const isOurs = ({ name }: { readonly name: string }): boolean => isOurPolicy(name);

const isInZone = (world: World, namespace: string): boolean => world.namespaces.get(namespace)?.zone !== undefined;

const newlyUncontained = (before: World, after: World, zone: string): readonly Uncontained[] => {
  const known = new Set(uncontainedIn(before, zone).map(nameOf));
  return uncontainedIn(after, zone).filter((one) => !known.has(nameOf(one)));
};
