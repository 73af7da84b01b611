import { group as ourGroup } from "../api/names.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import type { NamespaceFacts } from "../zone/facts.ts";
import { field, fields, type Fields } from "../zone/json.ts";
import type { Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { projectZone } from "../zone/zone-record.ts";
import type { Manifest } from "./manifests.ts";

/** What there would be once the manifests were applied: theirs come after what is there already, so they count. */
export const withManifests = (there: Lists, manifests: readonly Manifest[], sealed: Sealed): Lists => {
  const of = (group: string, kind: string): readonly Fields[] =>
    manifests
      .filter((manifest) => manifest.group === group && manifest.kind === kind)
      .map(({ object }) => stored(object));
  const namespaces = of("", "Namespace").flatMap((object) => projectNamespace(object) ?? []);
  return {
    ...there,
    zones: [...(there.zones ?? []), ...of(ourGroup, "ResidencyZone").flatMap((object) => projectZone(object) ?? [])],
    clusters: [
      ...(there.clusters ?? []),
      ...of(ourGroup, "RemoteCluster").flatMap((object) => projectCluster(object) ?? []),
    ],
    namespaces: [...(there.namespaces ?? []), ...namespaces.map((facts) => ({ ...facts, sealed: sealed(facts) }))],
  };
};

/** Which zone's isolation stands in a namespace of the manifests: no manifest says so. */
type Sealed = (namespace: NamespaceFacts) => string | undefined;

/** An object as projections read it: what nobody stored has no uid, and they take nothing without. */
const stored = (object: Fields): Fields => ({
  ...object,
  metadata: { ...fields(field(object, "metadata")), uid: "of no cluster" },
});
