import { machineOf } from "../oci/machine.ts";
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
import type { ClusterRecord, ZoneRecord } from "./record.ts";
import { reachesFar } from "./foreign-facts.ts";
import { reaches } from "./pod-facts.ts";
import type { World } from "./world.ts";

/** What was read, by kind; what is left out is taken for empty. */
export type Lists = {
  readonly zones?: readonly ZoneRecord[];
  readonly clusters?: readonly ClusterRecord[];
  readonly namespaces?: readonly NamespaceFacts[];
  readonly nodes?: readonly NodeFacts[];
  readonly pods?: readonly PodFacts[];
  readonly storage?: readonly StorageFacts[];
  readonly policies?: readonly PolicyFacts[];
  /** Policies of other kinds. */
  readonly foreign?: readonly ForeignPolicy[];
  readonly unreadKinds?: readonly string[];
  readonly exposing?: readonly ExposingFacts[];
  readonly unreadRoutes?: readonly string[];
  readonly attestations?: readonly AttestationFacts[];
  readonly daemonSets?: readonly DaemonSetFacts[];
  /** Left out, no signature is good. */
  readonly signedBy?: World["signedBy"];
  /** Milliseconds since 1970; left out, every attestation has expired. */
  readonly now?: number;
  readonly apiServer?: ApiServerFacts | undefined;
  readonly dns?: DnsFacts;
  readonly ownNetworks?: World["ownNetworks"];
  readonly ownNamespace?: string;
};

/** Where the chart installs Domicile unless it is told otherwise. */
const usualNamespace = "domicile-system";

/** A World over lists that were read once. Of two of one name the later counts. */
export const listed = (lists: Lists): World => {
  const {
    namespaces = [],
    nodes = [],
    pods = [],
    storage = [],
    policies = [],
    attestations = [],
    foreign = [],
  } = lists;
  const byZone = Map.groupBy(namespaces, ({ zone }) => zone);
  const byMachine = Map.groupBy(nodes, ({ providerID }) => machineOf(providerID));
  const podsByNamespace = Map.groupBy(pods, ({ namespace }) => namespace);
  const reachingByNode = Map.groupBy(pods.filter(reaches), ({ node }) => node);
  const podsByLabel = Map.groupBy(pods, ({ labelled }) => labelled);
  const storageByNamespace = Map.groupBy(storage, ({ namespace }) => namespace);
  const policiesByNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
  const foreignByNamespace = Map.groupBy(foreign, ({ namespace }) => namespace);
  const exposingByNamespace = Map.groupBy(lists.exposing ?? [], ({ namespace }) => namespace);
  const byUid = new Map(nodes.map((node) => [node.uid, node]));
  const byNode = Map.groupBy(attestations, ({ statement }) => (statement.ok ? statement.value.nodeUID : ""));
  const byMachineID = Map.groupBy(attestations, ({ statement }) => (statement.ok ? statement.value.machineID : ""));
  return {
    zones: byName(lists.zones),
    clusters: byName(lists.clusters),
    namespaces: byName(namespaces),
    nodes: byName(nodes),
    namespacesOf: (zone) => (byZone.get(zone) ?? []).map(({ name }) => name),
    nodesClaiming: (machine) => (byMachine.get(machine) ?? []).map(({ name }) => name),
    nodeOf: (uid) => byUid.get(uid),
    attestationsOf: (uid) => byNode.get(uid) ?? [],
    attestationsNaming: (machine) => byMachineID.get(machine) ?? [],
    signedBy: lists.signedBy ?? (() => false),
    now: lists.now ?? Infinity,
    podsLabelled: (zone) => podsByLabel.get(zone) ?? [],
    podsIn: (namespace) => podsByNamespace.get(namespace) ?? [],
    reachingOn: (node) => reachingByNode.get(node) ?? [],
    storageIn: (namespace) => storageByNamespace.get(namespace) ?? [],
    policiesIn: (namespace) => policiesByNamespace.get(namespace) ?? [],
    daemonSets: new Map((lists.daemonSets ?? []).map((one) => [`${one.namespace}/${one.name}`, one])),
    foreignIn: (namespace) => foreignByNamespace.get(namespace) ?? [],
    farReaching: foreign.filter(reachesFar),
    unreadKinds: lists.unreadKinds ?? [],
    unreadRoutes: lists.unreadRoutes ?? [],
    exposingIn: (namespace) => exposingByNamespace.get(namespace) ?? [],
    apiServer: lists.apiServer,
    dns: lists.dns ?? [],
    ownNetworks: lists.ownNetworks ?? [],
    ownNamespace: lists.ownNamespace ?? usualNamespace,
  };
};

const byName = <T extends { readonly name: string }>(items: readonly T[] = []): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.name, item]));
