import type { ApiServerFacts, NamespaceFacts, NodeFacts, PodFacts, PolicyFacts } from "./facts.ts";
import type { ClusterRecord, ZoneRecord } from "./record.ts";

/**
 * The readonly view every decision reads. Decisions are synchronous, so what they see does not move under them.
 * Lookups by name and the methods are index reads: none costs more for more zones, nodes or pods.
 */
export type World = {
  readonly zones: ReadonlyMap<string, ZoneRecord>;
  readonly clusters: ReadonlyMap<string, ClusterRecord>;
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  /** Names of the namespaces that bear the zone's label. */
  readonly namespacesOf: (zone: string) => readonly string[];
  /** Names of the nodes whose providerID claims this machine, as `machineOf` in oci/ names it. */
  readonly nodesClaiming: (machine: string) => readonly string[];
  readonly podsIn: (namespace: string) => readonly PodFacts[];
  readonly policiesIn: (namespace: string) => readonly PolicyFacts[];
  /** Undefined while the API server's endpoints cannot be read: then nothing may be opened to it. */
  readonly apiServer: ApiServerFacts | undefined;
  /** CIDRs of this cluster's own pods and services, as far as nodes and ServiceCIDRs tell. */
  readonly ownNetworks: readonly string[];
  /** The namespace Domicile runs in. */
  readonly ownNamespace: string;
};
