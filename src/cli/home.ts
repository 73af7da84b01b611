import { resources } from "../kube/resources.ts";
import { neverJoins } from "../zone/exempt.ts";
import type { NamespaceFacts } from "../zone/facts.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { projectZone } from "../zone/zone-record.ts";
import type { Cluster } from "./cluster.ts";
import { Stop } from "./stop.ts";

/** A namespace, and the zone that its label names; `zone` is undefined where there is no such zone. */
export type Home = { readonly namespace: NamespaceFacts; readonly zone: ZoneRecord | undefined };

/** Reads a namespace and its zone, and nothing else. */
export const readHome = async (cluster: Cluster, name: string): Promise<Home> => {
  const namespace = await cluster.get(resources.namespaces, { name }, projectNamespace);
  if (namespace === undefined) throw new Stop("unanswered", `namespace ${name} does not exist; check -n.`);
  const zone =
    namespace.zone === undefined || namespace.zone === ""
      ? undefined
      : await cluster.get(resources.residencyZones, { name: namespace.zone }, projectZone);
  return { namespace, zone };
};

/** What was read, as lists for a World. */
export const listsOf = ({ namespace, zone }: Home): Lists => ({
  namespaces: [namespace],
  zones: zone === undefined ? [] : [zone],
});

/** The home as an answer shows it. */
export const homeValue = ({ namespace, zone }: Home) => ({
  namespace: namespace.name,
  zone: namespace.zone ?? null,
  enforcement: zone?.enforcement ?? null,
  sealed: namespace.zone !== undefined && namespace.sealed === namespace.zone,
});

/** The home for people. */
export const homeLine = (home: Home): string => {
  const { namespace, zone } = home;
  if (namespace.zone === undefined) return `none: namespace ${namespace.name} bears no domicile.dev/zone label`;
  if (zone === undefined) return `${namespace.zone}, which does not exist, by the label of namespace ${namespace.name}`;
  const valid = zone.parsed.ok ? "" : ", not valid";
  const joins = neverJoins(listed(listsOf(home)), namespace.name) ? ", which can never join a zone" : "";
  const sealed = namespace.sealed === namespace.zone ? ", sealed" : ", not sealed";
  // Where nothing is enforced nothing is sealed.
  const shown = zone.enforcement === "Enforce" ? sealed : "";
  return `${zone.name} (${zone.enforcement}${valid}), by the label of namespace ${namespace.name}${shown}${joins}`;
};
