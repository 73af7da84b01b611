import { clusterDnsLabels, clusterDnsNamespace, nativePolicyPrefix } from "../api/names.ts";
import { projectExposing } from "../egress/exposing-facts.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { startInformer, type Informer, type InformerParts } from "../kube/informer.ts";
import type { Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Project, Selection } from "../kube/source.ts";
import type { ReadStore } from "../kube/store.ts";
import { projectApiServerService, projectApiServerSlice, type Endpoints } from "../zone/api-server-facts.ts";
import { projectAttestation } from "../zone/attestation-facts.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import { projectDaemonSet } from "../zone/daemon-set-facts.ts";
import { projectDefinition, type Definition } from "../zone/definition-facts.ts";
import { projectDnsService, projectDnsSlice, type DnsService, type DnsSlice } from "../zone/dns-facts.ts";
import type {
  AttestationFacts,
  DaemonSetFacts,
  ExposingFacts,
  NamespaceFacts,
  NodeFacts,
  PodFacts,
  PolicyFacts,
  StorageFacts,
} from "../zone/facts.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { projectNode } from "../zone/node-facts.ts";
import { projectServiceCidr, type ServiceCidrFacts } from "../zone/own-networks.ts";
import { projectPod } from "../zone/pod-facts.ts";
import { projectPolicy } from "../zone/policy-facts.ts";
import type { ClusterRecord, ZoneRecord } from "../zone/record.ts";
import { projectClaim, projectVolume } from "../zone/storage-facts.ts";
import type { World } from "../zone/world.ts";
import { projectZone } from "../zone/zone-record.ts";
import { followKinds, type ForeignKinds } from "./foreign-kinds.ts";
import { worldOf, type Own } from "./live-world.ts";
import { projectRegistered, remember, type Seen } from "./registration-facts.ts";
import { configurationName } from "./webhook-configurations.ts";

/** Every store a replica keeps: projections of what decisions read, and nothing else. */
export type Stores = {
  readonly zones: ReadStore<ZoneRecord>;
  readonly clusters: ReadStore<ClusterRecord>;
  readonly namespaces: ReadStore<NamespaceFacts>;
  readonly nodes: ReadStore<NodeFacts>;
  readonly pods: ReadStore<PodFacts>;
  readonly volumeClaims: ReadStore<StorageFacts>;
  readonly volumes: ReadStore<StorageFacts>;
  readonly policies: ReadStore<PolicyFacts>;
  readonly daemonSets: ReadStore<DaemonSetFacts>;
  readonly definitions: ReadStore<Definition>;
  readonly exposingServices: ReadStore<ExposingFacts>;
  readonly exposingSlices: ReadStore<ExposingFacts>;
  readonly ingresses: ReadStore<ExposingFacts>;
  readonly attestations: ReadStore<AttestationFacts>;
  readonly endpointSlices: ReadStore<Endpoints>;
  readonly services: ReadStore<Endpoints>;
  readonly dnsSlices: ReadStore<DnsSlice>;
  readonly dnsServices: ReadStore<DnsService>;
  readonly serviceCidrs: ReadStore<ServiceCidrFacts>;
  readonly mutatingWebhooks: ReadStore<KubeObject>;
  readonly validatingWebhooks: ReadStore<KubeObject>;
  readonly nativePolicies: ReadStore<KubeObject>;
  readonly nativeBindings: ReadStore<KubeObject>;
};

/** What a replica has read, and the World over it. */
export type Cache = {
  readonly stores: Stores;
  readonly world: World;
  /** Policies of further kinds, where they are served. */
  readonly kinds: ForeignKinds;
  /** What is registered as this replica saw it, also before it led. */
  readonly registered: {
    readonly mutating: Seen;
    readonly validating: Seen;
    readonly policies: (name: string) => Seen;
    readonly bindings: (name: string) => Seen;
  };
  readonly informers: readonly Informer<unknown>[];
};

/** Starts to keep all stores until the signal aborts. The World reads them live. */
export const startCache = (
  parts: Pick<InformerParts<unknown>, "transport" | "timers" | "report"> & Own,
  signal: AbortSignal,
): Cache => {
  const informers: Informer<unknown>[] = [];
  const keep = <T>(resource: Resource, project: Project<T>, selection?: Selection): ReadStore<T> => {
    const informer = startInformer<T>({ ...parts, resource, project, ...(selection ? { selection } : {}) }, signal);
    informers.push(informer);
    return informer.store;
  };
  const ours = { fieldSelector: `metadata.name=${configurationName}` };
  const stores: Stores = {
    zones: keep(resources.residencyZones, projectZone),
    clusters: keep(resources.remoteClusters, projectCluster),
    namespaces: keep(resources.namespaces, projectNamespace),
    nodes: keep(resources.nodes, projectNode),
    pods: keep(resources.pods, projectPod),
    volumeClaims: keep(resources.volumeClaims, projectClaim),
    volumes: keep(resources.volumes, projectVolume),
    policies: keep(resources.networkPolicies, projectPolicy),
    daemonSets: keep(resources.daemonSets, projectDaemonSet),
    definitions: keep(resources.definitions, projectDefinition),
    exposingServices: keep(resources.services, projectExposing(resources.services)),
    // What Kubernetes makes of selectors leads to pods of the namespace, and is most of what there is.
    exposingSlices: keep(resources.endpointSlices, projectExposing(resources.endpointSlices), {
      labelSelector: "endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io",
    }),
    ingresses: keep(resources.ingresses, projectExposing(resources.ingresses)),
    attestations: keep(resources.nodeAttestations, projectAttestation),
    endpointSlices: keep(resources.endpointSlices, projectApiServerSlice, {
      namespace: "default",
      labelSelector: "kubernetes.io/service-name=kubernetes",
    }),
    services: keep(resources.services, projectApiServerService, {
      namespace: "default",
      fieldSelector: "metadata.name=kubernetes",
    }),
    dnsSlices: keep(resources.endpointSlices, projectDnsSlice, clusterDns),
    dnsServices: keep(resources.services, projectDnsService, clusterDns),
    serviceCidrs: keep(resources.serviceCidrs, projectServiceCidr),
    mutatingWebhooks: keep(resources.mutatingWebhooks, projectRegistered, ours),
    validatingWebhooks: keep(resources.validatingWebhooks, projectRegistered, ours),
    nativePolicies: keep(resources.nativePolicies, projectOurs),
    nativeBindings: keep(resources.nativeBindings, projectOurs),
  };
  const registered = {
    mutating: remember(stores.mutatingWebhooks)(configurationName),
    validating: remember(stores.validatingWebhooks)(configurationName),
    policies: remember(stores.nativePolicies),
    bindings: remember(stores.nativeBindings),
  };
  const kinds = followKinds(parts, stores.definitions, signal);
  const world = worldOf(stores, parts, parts.timers.now, kinds);
  return { stores, world, kinds, registered, informers };
};

const clusterDns: Selection = {
  namespace: clusterDnsNamespace,
  labelSelector: Object.entries(clusterDnsLabels)
    .map(([key, value]) => `${key}=${value}`)
    .join(),
};

/** RBAC by name would need a watch for each of them, so those of others are read and not kept. */
const projectOurs = (object: KubeObject): KubeObject | undefined =>
  object.metadata.name?.startsWith(nativePolicyPrefix) === true ? projectRegistered(object) : undefined;
