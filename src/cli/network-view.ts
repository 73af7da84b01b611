import { policyKinds } from "../api/policy-kinds.ts";
import { resources } from "../kube/resources.ts";
import { apiServerFacts, projectApiServerService, projectApiServerSlice } from "../zone/api-server-facts.ts";
import type { ForeignPolicy, NamespaceFacts, PolicyFacts } from "../zone/facts.ts";
import { projectForeign } from "../zone/foreign-facts.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { projectNode } from "../zone/node-facts.ts";
import { projectPolicy } from "../zone/policy-facts.ts";
import type { World } from "../zone/world.ts";
import { projectZone } from "../zone/zone-record.ts";
import { aroundReads, readAround } from "./around.ts";
import type { Cluster } from "./cluster.ts";
import { networkOfFiles } from "./network-files.ts";
import { clusterOptions, type Given, type Options } from "./options.ts";
import { readManifests } from "./manifests.ts";
import type { Surroundings } from "./surroundings.ts";
import { withCluster } from "./with-cluster.ts";

/** What decides who reaches whom, and what a person should know of how it was read. */
export type NetworkView = {
  readonly lists: Lists;
  readonly notes: readonly string[];
  /** Zones that allow the API server where files do not say where it is: it is left out, and noted. */
  readonly apiServerLeftOut: readonly string[];
};

/** What a user must be allowed to see the network as Domicile does. */
export const networkReads: readonly string[] = [
  "list residencyzones.domicile.dev, remoteclusters.domicile.dev, namespaces, nodes and servicecidrs.networking.k8s.io",
  "in the zones' namespaces list networkpolicies.networking.k8s.io",
  "list ciliumnetworkpolicies and ciliumclusterwidenetworkpolicies of cilium.io, networkpolicies, networksets, globalnetworkpolicies and globalnetworksets of projectcalico.org and crd.projectcalico.org, clusternetworkpolicies and adminnetworkpolicies of policy.networking.k8s.io, where the cluster has them",
  aroundReads,
  "in default list services and endpointslices.discovery.k8s.io",
];

/** Options of verbs that ask about the network, of a cluster or of files. */
export const networkOptions: Options = {
  filename: {
    short: "f",
    value: "FILE",
    many: true,
    means:
      "ask files and no cluster: a file, a directory with all below it, or - for stdin; may be given several times",
  },
  ...clusterOptions,
};

/** What every verb that takes them says of files. */
export const networkFiles =
  "With `-f` no cluster is asked: files hold ResidencyZones, RemoteClusters, Namespaces and NetworkPolicies, as they are applied or as `kubectl get -o yaml` prints them. Namespaces are taken for sealed, and Domicile's own policies for as it would write them. Where the API server is, a file says only if it holds the Service and EndpointSlice kubernetes of namespace default; where a zone names no DNS servers they are those of the Service kube-dns of kube-system, and without that file pods that most clusters label so.";

/** Reads the network of the files that were given, or else of the cluster; `wanted` says of which namespaces the policies. */
export const readNetworkView = async (
  given: Given,
  surroundings: Surroundings,
  wanted: Wanted,
): Promise<NetworkView> => {
  const files = given.all("filename");
  if (files.length > 0) return networkOfFiles(await readManifests(files, surroundings.stdin));
  return withCluster(given, surroundings, async (cluster) => ({
    lists: await readNetwork(cluster, wanted),
    notes: [],
    apiServerLeftOut: [],
  }));
};

/** Of which namespaces the policies are read. */
type Wanted = (namespace: NamespaceFacts) => boolean;

/** Reads it from a cluster; policies only in the namespaces that are wanted. */
export const readNetwork = async (cluster: Cluster, wanted: Wanted): Promise<Lists> => {
  const zones = await cluster.list(resources.residencyZones, projectZone);
  const namespaces = await cluster.list(resources.namespaces, projectNamespace);
  const policies: PolicyFacts[] = [];
  for (const { name: namespace } of namespaces.filter(wanted))
    policies.push(...(await cluster.list(resources.networkPolicies, projectPolicy, { namespace })));
  const foreign: ForeignPolicy[] = [];
  for (const kind of policyKinds) foreign.push(...(await cluster.listServed(kind, projectForeign(kind))));
  const nodes = await cluster.list(resources.nodes, projectNode);
  return {
    zones,
    namespaces,
    policies,
    foreign,
    ...(await readAround(cluster, nodes)),
    apiServer: apiServerFacts(
      await cluster.list(resources.endpointSlices, projectApiServerSlice, {
        namespace: "default",
        labelSelector: "kubernetes.io/service-name=kubernetes",
      }),
      await cluster.list(resources.services, projectApiServerService, {
        namespace: "default",
        fieldSelector: "metadata.name=kubernetes",
      }),
    ),
  };
};

/** The World that a view shows. */
export const worldOf = ({ lists }: NetworkView): World => listed(lists);
