import { machineOf } from "../oci/machine.ts";
import type { ApiServerFacts, NamespaceFacts, NodeFacts, PodFacts, PolicyFacts } from "./facts.ts";
import type { ClusterRecord, ZoneRecord } from "./record.ts";
import type { World } from "./world.ts";

/** What was read, by kind; what is left out is taken for empty. */
export type Lists = {
  readonly zones?: readonly ZoneRecord[];
  readonly clusters?: readonly ClusterRecord[];
  readonly namespaces?: readonly NamespaceFacts[];
  readonly nodes?: readonly NodeFacts[];
  readonly pods?: readonly PodFacts[];
  readonly policies?: readonly PolicyFacts[];
  readonly apiServer?: ApiServerFacts | undefined;
  readonly ownNetworks?: readonly string[];
  readonly ownNamespace?: string;
};

/** Where the chart installs Domicile unless it is told otherwise. */
const usualNamespace = "domicile-system";

/** A World over lists that were read once. Of two of one name the later counts. */
export const listed = (lists: Lists): World => {
  const { namespaces = [], nodes = [], pods = [], policies = [] } = lists;
  const byZone = Map.groupBy(namespaces, ({ zone }) => zone);
  const byMachine = Map.groupBy(nodes, ({ providerID }) => machineOf(providerID));
  const podsByNamespace = Map.groupBy(pods, ({ namespace }) => namespace);
  const policiesByNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
  return {
    zones: byName(lists.zones),
    clusters: byName(lists.clusters),
    namespaces: byName(namespaces),
    nodes: byName(nodes),
    namespacesOf: (zone) => (byZone.get(zone) ?? []).map(({ name }) => name),
    nodesClaiming: (machine) => (byMachine.get(machine) ?? []).map(({ name }) => name),
    podsIn: (namespace) => podsByNamespace.get(namespace) ?? [],
    policiesIn: (namespace) => policiesByNamespace.get(namespace) ?? [],
    apiServer: lists.apiServer,
    ownNetworks: lists.ownNetworks ?? [],
    ownNamespace: lists.ownNamespace ?? usualNamespace,
  };
};

const byName = <T extends { readonly name: string }>(items: readonly T[] = []): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));
