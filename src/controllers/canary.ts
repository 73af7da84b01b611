import { isDeepStrictEqual } from "node:util";
import { canaryName, canaryNamespace } from "../api/canary.ts";
import { fieldManagers, managedByLabel, managedByValue, zoneLabel } from "../api/names.ts";
import { apply } from "../kube/objects.ts";
import { apiVersionOf } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import { attemptBinding, attemptPod, type Attempt } from "./canary-attempt.ts";
import { settled, type Reconcile } from "./loop.ts";

/** What came of trying each door of a zone. */
export type CanaryFound = { readonly pods: Attempt; readonly bindings: Attempt };

type Parts = {
  readonly transport: Transport;
  readonly world: World;
  /** Hears what came of it, undefined where a zone is not tried. */
  readonly found: (zone: string, found: CanaryFound | undefined) => void;
};

/** Between two tries of a zone. */
const everyMs = 30_000;

/**
 * Tries, as a dry run, what a zone must refuse: a pod that names its node, and a binding to a node that does not exist.
 * Rules that are written and webhooks that answer are not yet a guard that holds.
 */
export const reconcileCanary =
  ({ transport, world, found }: Parts): Reconcile =>
  async (name, signal) => {
    const zone = world.zones.get(name);
    if (zone === undefined || zone.deleting || zone.enforcement !== "Enforce") {
      found(name, undefined);
      return settled;
    }
    const namespace = canaryNamespace(name);
    if (world.namespaces.get(namespace)?.zone !== name) await furnish(transport, zone, namespace, signal);
    const place = { namespace, name: canaryName };
    const pods = await attemptPod(transport, name, place, signal);
    const bindings = await attemptBinding(transport, name, place, signal);
    found(name, { pods, bindings });
    return { kind: "again", afterMs: everyMs };
  };

/** Makes the zone's namespace for this, which goes with the zone. */
const furnish = async (
  transport: Transport,
  { name, uid }: ZoneRecord,
  namespace: string,
  signal: AbortSignal,
): Promise<void> => {
  const { kind } = resources.residencyZones;
  const owner = { apiVersion: apiVersionOf(resources.residencyZones), kind, name, uid };
  const labels = { [zoneLabel]: name, [managedByLabel]: managedByValue };
  await apply(
    transport,
    resources.namespaces,
    { metadata: { name: namespace, labels, ownerReferences: [owner] } },
    { fieldManager: fieldManagers.canary, force: true, signal },
  );
};

/** Remembers what came of each zone's last try, and has `changed` hear when that is another. */
export const rememberCanaries = (
  told: Parts["found"],
  changed: (zone: string) => void,
): { readonly found: Parts["found"]; readonly of: (zone: string) => CanaryFound | undefined } => {
  const last = new Map<string, CanaryFound>();
  return {
    of: (zone) => last.get(zone),
    found: (zone, found) => {
      const before = last.get(zone);
      if (found === undefined) last.delete(zone);
      else last.set(zone, found);
      told(zone, found);
      if (!isDeepStrictEqual(before, found)) changed(zone);
    },
  };
};
