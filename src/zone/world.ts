import type {
  ApiServerFacts,
  AttestationFacts,
  DaemonSetFacts,
  DnsFacts,
  ForeignPolicy,
  ExposingFacts,
  NamespaceFacts,
  NodeFacts,
  PodFacts,
  PolicyFacts,
  StorageFacts,
} from "./facts.ts";
import type { OwnNetwork } from "./own-networks.ts";
import type { ClusterRecord, ZoneRecord } from "./record.ts";
import type { AttestationKey } from "./zone.ts";

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
  /** The node with this UID, wherever it is in its life. */
  readonly nodeOf: (uid: string) => NodeFacts | undefined;
  /** Attestations whose statement names this node, whoever signed it. */
  readonly attestationsOf: (nodeUID: string) => readonly AttestationFacts[];
  /** Attestations whose statement names this machine, whoever signed it. */
  readonly attestationsNaming: (machineID: string) => readonly AttestationFacts[];
  /** Whether one of its signatures by this name is the key's. */
  readonly signedBy: (attestation: AttestationFacts, key: AttestationKey) => boolean;
  /** Pods that bear the label of this zone themselves, wherever they are. */
  readonly podsLabelled: (zone: string) => readonly PodFacts[];
  readonly podsIn: (namespace: string) => readonly PodFacts[];
  /** Pods on a node that have not ended and could read what others there hold, whatever their namespaces. */
  readonly reachingOn: (node: string) => readonly PodFacts[];
  /** The PersistentVolumeClaims of a namespace, and the PersistentVolumes that were claimed from it, Released ones too. */
  readonly storageIn: (namespace: string) => readonly StorageFacts[];
  /** The NetworkPolicies of a namespace, whoever wrote them. */
  readonly policiesIn: (namespace: string) => readonly PolicyFacts[];
  /** Every DaemonSet of the cluster, by any key. */
  readonly daemonSets: ReadonlyMap<string, DaemonSetFacts>;
  /** Policies of other kinds in a namespace, and sets of addresses. */
  readonly foreignIn: (namespace: string) => readonly ForeignPolicy[];
  /** Those that concern namespaces besides their own: of kinds without namespaces, and what claims to be elsewhere. */
  readonly farReaching: readonly ForeignPolicy[];
  /** The kinds of policy that are served and of which nobody has read yet what stands, by resource and group. */
  readonly unreadKinds: readonly string[];
  /** Objects of a namespace that may lead into its zone or out of it: Services that are no plain ones, endpoints, routes. */
  readonly exposingIn: (namespace: string) => readonly ExposingFacts[];
  /** The kinds of these that are served and of which nobody has read yet what stands, by resource and group. */
  readonly unreadRoutes: readonly string[];
  /** Undefined while the API server's endpoints cannot be read: then nothing may be opened to it. */
  readonly apiServer: ApiServerFacts | undefined;
  /** Empty where none were found: then none are opened to zones that name no others. */
  readonly dns: DnsFacts;
  /** Addresses of this cluster's own services, pods and nodes, as far as ServiceCIDRs and nodes tell. */
  readonly ownNetworks: readonly OwnNetwork[];
  /** Milliseconds since 1970. It never goes back, so what has expired stays so while a process lives. */
  readonly now: number;
  /** The namespace Domicile runs in. */
  readonly ownNamespace: string;
};
