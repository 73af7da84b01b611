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
  const of = described(manifests);
  const resources: Lists = {
    ...there,
    zones: [...(there.zones ?? []), ...of(ourGroup, "ResidencyZone", projectZone)],
    clusters: [...(there.clusters ?? []), ...of(ourGroup, "RemoteCluster", projectCluster)],
  };
  const before = listed(resources);
  const namespaces = of("", "Namespace", projectNamespace).map((facts): NamespaceFacts => {
    const known = before.namespaces.get(facts.name);
    const zone = facts.zone ?? (known === undefined ? namerOf(before, facts.name) : known.zone);
    return { ...facts, zone, sealed: sealed({ ...facts, zone }) };
  });
  const stated = new Set(namespaces.map(({ name }) => name));
  const others = (there.namespaces ?? []).filter(({ name }) => !stated.has(name));
  return { ...resources, namespaces: [...others, ...namespaces] };
};

type Sealed = (namespace: NamespaceFacts) => string | undefined;

/** What is kept of the manifests of one kind. */
export const described =
  (manifests: readonly Manifest[]) =>
  <T>(group: string, kind: string, project: (raw: unknown) => T | undefined): readonly T[] =>
    manifests
      .filter((manifest) => manifest.group === group && manifest.kind === kind)
      .flatMap(({ object }) => project(stored(object)) ?? []);

/** A namespace of which only its name is known, in a zone and sealed. */
export const unknownNamespace = (name: string, zone: string): NamespaceFacts => ({
  name,
  uid: noUid,
  zone,
  sealed: zone,
  podSecurity: undefined,
  deleting: false,
});

/** What stands for the uid of what nobody stored. */
export const noUid = "of no cluster";

/** The one zone that names a namespace in spec.namespaces. */
export const namerOf = (world: World, namespace: string): string | undefined => {
  const namers = namersOf(world, namespace);
  return namers.length === 1 ? namers[0] : undefined;
};

/** An object as projections read it: what nobody stored has no uid, and they take nothing without. */
const stored = (object: Fields): Fields => ({
  ...object,
  metadata: { ...fields(field(object, "metadata")), uid: noUid },
});
