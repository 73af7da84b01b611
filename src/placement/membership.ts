import { zoneLabel } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { neverJoins } from "../zone/exempt.ts";
import { namersOf } from "../zone/named-namespaces.ts";
import type { World } from "../zone/world.ts";
import { missingZone, refuse, type Placement } from "./place.ts";
import type { Fault } from "./spec-checks.ts";

/** A request that sets, changes or takes away a namespace's zone label: what it was, and what it is to be. */
export type Move = {
  readonly namespace: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
};

/** Whether the namespace may move. A refusal that is `always` holds whatever the zone's mode. */
export type Membership =
  | { readonly kind: "allowed"; readonly zone: string | undefined; readonly reason: Reason }
  | (Extract<Placement, { readonly kind: "refused" }> & { readonly always: boolean });

/** Decides whether a namespace may join, leave or change its zone, as far as that hangs on what is in the cluster. */
export const moveNamespace = (world: World, move: Move): Membership => {
  const { before, after } = move;
  const joining = after === undefined ? undefined : joinFault(world, move.namespace, after);
  if (after !== undefined && joining !== undefined) return { ...refuse(after, joining), always: true };
  const namers = namersOf(world, move.namespace);
  const [namer] = namers;
  if (namer !== undefined && namers.join() !== after)
    return { ...refuse(namer, namedElsewhere(move.namespace, namers, after)), always: true };
  const held = before === undefined || before === after ? undefined : heldData(world, move.namespace);
  if (before !== undefined && held !== undefined) return { ...refuse(before, held), always: false };
  return { kind: "allowed", zone: after ?? before, reason: after === undefined ? "NamespaceLeaves" : "NamespaceJoins" };
};

/** What becomes of a new namespace that a zone names: it gets that zone's label, or is refused. Undefined where none names it. */
export const nameNamespace = (
  world: World,
  namespace: string,
  label: string | undefined,
): { readonly kind: "joins"; readonly zone: string } | Extract<Placement, { readonly kind: "refused" }> | undefined => {
  const namers = namersOf(world, namespace);
  const [zone] = namers;
  if (zone === undefined) return undefined;
  return namers.length > 1 || (label !== undefined && label !== zone)
    ? refuse(zone, namedElsewhere(namespace, namers, label))
    : { kind: "joins", zone };
};

const joinFault = (world: World, namespace: string, zone: string): Fault | undefined => {
  if (neverJoins(world, namespace))
    return { reason: "SystemNamespace", field: `namespace ${namespace}`, found: `is labelled ${zoneLabel}=${zone}` };
  return world.zones.has(zone) ? undefined : missingZone(namespace, zone);
};

/** The fault of a namespace that bears another label than that of the one zone that names it. */
const namedElsewhere = (namespace: string, namers: readonly string[], label: string | undefined): Fault =>
  namers.length > 1
    ? {
        reason: "NamespaceNamedTwice",
        field: `namespace ${namespace}`,
        found: `is named by zones ${namers.join(", ")}`,
      }
    : {
        reason: "NamespaceBelongs",
        field: `namespace ${namespace}`,
        found: `is named by zone ${namers.join()} and ${label === undefined ? `has no label ${zoneLabel}` : `is labelled ${zoneLabel}=${label}`}`,
      };

/** Whatever of a zone is in a namespace and would be outside it; pods that ended hold nothing any more. */
const heldData = (world: World, namespace: string): Fault | undefined => {
  const storage = world.storageIn(namespace);
  const held = [
    ["pod", world.podsIn(namespace).filter(({ ended }) => !ended)],
    ["claim", storage.filter(({ kind }) => kind === "claim")],
    ["volume", storage.filter(({ kind }) => kind === "volume")],
  ] as const;
  const found = held.flatMap(([kind, things]) => counted(kind, things.map(({ name }) => name).toSorted()));
  if (found.length === 0) return undefined;
  return { reason: "NamespaceHoldsData", field: `namespace ${namespace}`, found: `holds ${found.join(", ")}` };
};

/** A message names so many of each. */
const shown = 3;

const counted = (kind: string, names: readonly string[]): readonly string[] => {
  if (names.length === 0) return [];
  const more = names.length > shown ? ", …" : "";
  return [`${names.length} ${kind}${names.length === 1 ? "" : "s"} (${names.slice(0, shown).join(", ")}${more})`];
};
