import { group as ourGroup } from "../api/names.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import type { NamespaceFacts } from "../zone/facts.ts";
import { field, fields, type Fields } from "../zone/json.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { namersOf } from "../zone/named-namespaces.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import type { World } from "../zone/world.ts";
import { projectZone } from "../zone/zone-record.ts";
import type { Manifest } from "./manifests.ts";

/**
 * What there would be once the manifests were applied: theirs come after what is there already, so they count. A
 * namespace keeps the zone that its manifest does not mention, as kubectl leaves it, and a new one gets the zone that
 * names it, as the webhook does. `sealed` says which zone's isolation stands there, which no manifest says.
 */
export const withManifests = (there: Lists, manifests: readonly Manifest[], sealed: Sealed): Lists => {
  const of = (group: string, kind: string): readonly Fields[] =>
    manifests
      .filter((manifest) => manifest.group === group && manifest.kind === kind)
      .map(({ object }) => stored(object));
  const resources: Lists = {
    ...there,
    zones: [...(there.zones ?? []), ...of(ourGroup, "ResidencyZone").flatMap((object) => projectZone(object) ?? [])],
    clusters: [
      ...(there.clusters ?? []),
      ...of(ourGroup, "RemoteCluster").flatMap((object) => projectCluster(object) ?? []),
    ],
  };
  const before = listed(resources);
  const namespaces = of("", "Namespace").flatMap((object): readonly NamespaceFacts[] => {
    const facts = projectNamespace(object);
    if (facts === undefined) return [];
    const known = before.namespaces.get(facts.name);
    const zone = facts.zone ?? (known === undefined ? namerOf(before, facts.name) : known.zone);
    return [{ ...facts, zone, sealed: sealed({ ...facts, zone }) }];
  });
  return { ...resources, namespaces: [...(there.namespaces ?? []), ...namespaces] };
};

type Sealed = (namespace: NamespaceFacts) => string | undefined;

/** The one zone that names a namespace in spec.namespaces. */
export const namerOf = (world: World, namespace: string): string | undefined => {
  const namers = namersOf(world, namespace);
  return namers.length === 1 ? namers[0] : undefined;
};

/** An object as projections read it: what nobody stored has no uid, and they take nothing without. */
const stored = (object: Fields): Fields => ({
  ...object,
  metadata: { ...fields(field(object, "metadata")), uid: "of no cluster" },
});
