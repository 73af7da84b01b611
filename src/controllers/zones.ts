import { isDeepStrictEqual } from "node:util";
import type { Condition } from "../api/conditions.ts";
import { fieldManagers, zoneFinalizer } from "../api/names.ts";
import { findEnforcing } from "../egress/enforcing.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, applyStatus, jsonPatch } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { membersOf } from "../zone/members.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import type { Exposed } from "../egress/exposed.ts";
import type { CanaryFound } from "./canary.ts";
import type { Halves } from "./halves.ts";
import { storedConditions } from "./conditions.ts";
import { againAt, settled, type Reconcile } from "./loop.ts";
import type { CountNodes } from "./node-count.ts";
import { storedNotVerified } from "./not-verified.ts";
import type { FindUncontained } from "./foreign-policies.ts";
import type { tellFound } from "./tell-found.ts";
import type { tellPretenders } from "./pretenders.ts";
import { takeCensus, type Census } from "./zone-census.ts";
import { zoneConditions } from "./zone-conditions.ts";
import type { PoliciesOf } from "./zone-policies.ts";

type Parts = {
  readonly transport: Transport;
  readonly world: World;
  readonly policiesOf: PoliciesOf;
  readonly nativeSync: Halves["nativeSync"];
  readonly countNodes: CountNodes;
  readonly canary: (zone: string) => CanaryFound | undefined;
  /** Hears of pods outside the zone that bear its label. */
  readonly pretended: ReturnType<typeof tellPretenders>;
  readonly uncontained: FindUncontained;
  /** Hears of policies of others that are not contained. */
  readonly widened: ReturnType<typeof tellFound>;
  readonly exposed: (world: World, zone: string) => readonly Exposed[];
  /** Hears of what leads into a zone or out of it and is not listed. */
  readonly led: ReturnType<typeof tellFound>;
  readonly now: () => Date;
  /** Hears what was found of a zone, undefined when it is gone. */
  readonly counted: (zone: string, found: FoundOfZone | undefined) => void;
};

/** What was counted for a zone, and what its conditions say. */
export type FoundOfZone = Census & {
  readonly conditions: readonly Condition[];
  /** How many policies of others are not contained. */
  readonly uncontained: number;
  /** How many objects lead into the zone or out of it and are not listed. */
  readonly exposed: number;
};

/** Keeps a zone's finalizer while namespaces bear its label, and writes its status when that changed. */
export const reconcileZone =
  (parts: Parts): Reconcile =>
  async (name, signal) => {
    const { transport, world, policiesOf, nativeSync, countNodes, canary, now, counted } = parts;
    const record = world.zones.get(name);
    if (record === undefined) {
      counted(name, undefined);
      return settled;
    }
    if (!(await keepFinalizer(transport, record, membersOf(world, name).length > 0, signal))) return settled;

    const nodes = countNodes(world, name, record.parsed.ok ? record.parsed.value : undefined);
    const next = againAt(nodes.until, world.now);
    const census = takeCensus(world, name, nodes);
    const policies = policiesOf(world, record);
    const uncontained = parts.uncontained(world, name);
    const exposed = parts.exposed(world, name);
    const conditions = zoneConditions({
      world,
      record,
      census,
      policies,
      uncontained,
      exposed,
      canary: canary(name),
      native: nativeSync(),
      enforcing: findEnforcing(world, nodes.verified),
    });
    counted(name, { ...census, conditions, uncontained: uncontained.length, exposed: exposed.length });
    await parts.pretended(name, census.pretenders, signal);
    await parts.widened(name, uncontained, signal);
    await parts.led(name, exposed, signal);
    const notVerified = storedNotVerified(record.status, nodes.notVerified, now());
    const counts = { nodes: { ...census.nodes, notVerified }, namespaces: census.namespaces.length, pods: census.pods };
    const stored = storedConditions(record.conditions, conditions, now());
    if (isDeepStrictEqual(record.status, counts) && isDeepStrictEqual(record.conditions, stored)) return next;
    await applyStatus(
      transport,
      resources.residencyZones,
      { metadata: { name, uid: record.uid }, status: { ...counts, conditions: stored } },
      { fieldManager: fieldManagers.status, force: true, signal },
    );
    return next;
  };

/** False when the zone is going away and nothing of it is left to report on. */
const keepFinalizer = async (
  transport: Transport,
  { name, uid, finalizers, deleting }: ZoneRecord,
  needed: boolean,
  signal: AbortSignal,
): Promise<boolean> => {
  const at = finalizers.indexOf(zoneFinalizer);
  if (!deleting && at === -1) {
    const object = { metadata: { name, uid, finalizers: [zoneFinalizer] } };
    await apply(transport, resources.residencyZones, object, { fieldManager: fieldManagers.finalizer, signal });
  }
  if (!deleting || needed) return true;
  if (at === -1) return false;
  await unlessGone(
    jsonPatch(
      transport,
      resources.residencyZones,
      { name },
      [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "test", path: `/metadata/finalizers/${at}`, value: zoneFinalizer },
        { op: "remove", path: `/metadata/finalizers/${at}` },
      ],
      { fieldManager: fieldManagers.finalizer, signal },
    ),
  );
  return false;
};
