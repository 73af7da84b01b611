import { clusterDnsLabels, clusterDnsNamespace } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { projectCluster } from "../zone/cluster-record.ts";
import { dnsFacts, projectDnsService, projectDnsSlice } from "../zone/dns-facts.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { Lists } from "../zone/listed.ts";
import { ownNetworks, projectServiceCidr } from "../zone/own-networks.ts";
import type { Cluster } from "./cluster.ts";

/** What `readAround` reads beside nodes, as help says it. */
export const aroundReads = "in kube-system list services and endpointslices.discovery.k8s.io";

/** Reads what every zone's policies depend on: other clusters, this one's own addresses, and its DNS. */
export const readAround = async (
  cluster: Cluster,
  nodes: readonly NodeFacts[],
): Promise<Pick<Lists, "clusters" | "ownNetworks" | "dns">> => {
  const clusterDns = {
    namespace: clusterDnsNamespace,
    labelSelector: Object.entries(clusterDnsLabels)
      .map(([key, value]) => `${key}=${value}`)
      .join(),
  };
  return {
    clusters: await cluster.list(resources.remoteClusters, projectCluster),
    ownNetworks: ownNetworks(nodes, await cluster.list(resources.serviceCidrs, projectServiceCidr)),
    dns: dnsFacts(
      await cluster.list(resources.services, projectDnsService, clusterDns),
      await cluster.list(resources.endpointSlices, projectDnsSlice, clusterDns),
    ),
  };
};
