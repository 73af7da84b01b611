import { explain } from "../api/reasons.ts";
import type { World } from "../zone/world.ts";
import type { Events } from "./events.ts";

/** By namespace outside a zone, how many pods that have not ended bear the zone's label themselves. */
export const pretendersOf = (world: World, zone: string): ReadonlyMap<string, number> => {
  const pretenders = new Map<string, number>();
  for (const { namespace, ended } of world.podsLabelled(zone))
    if (!ended && world.namespaces.get(namespace)?.zone !== zone)
      pretenders.set(namespace, (pretenders.get(namespace) ?? 0) + 1);
  return pretenders;
};

/** Events that one look writes; who is left out is told of by the next. */
const atOnce = 20;

/** Tells each namespace with pretenders once, until it has none. A new leader tells once more what still stands. */
export const tellPretenders = ({ world, events }: { readonly world: World; readonly events: Events }) => {
  const told = new Map<string, ReadonlySet<string>>();
  return async (zone: string, found: ReadonlyMap<string, number>, signal: AbortSignal): Promise<void> => {
    const before = told.get(zone) ?? new Set();
    const fresh = [...found].filter(([namespace]) => !before.has(namespace)).slice(0, atOnce);
    const still = [...before].filter((namespace) => found.has(namespace));
    if (found.size === 0) told.delete(zone);
    else told.set(zone, new Set([...still, ...fresh.map(([namespace]) => namespace)]));
    for (const [namespace, count] of fresh) {
      const uid = world.namespaces.get(namespace)?.uid;
      if (uid === undefined) continue;
      await events.report({
        regarding: { apiVersion: "v1", kind: "Namespace", name: namespace, uid },
        zone,
        type: "Warning",
        reason: "PodLabelledOutside",
        action: "Judge",
        note: explain("PodLabelledOutside", `Zone ${zone}, ${count} ${count === 1 ? "pod" : "pods"}.`),
        signal,
      });
    }
  };
};
