import type { NodeFacts } from "./facts.ts";
import { field, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a ServiceCIDR: the blocks that ClusterIPs are taken from. */
export type ServiceCidrFacts = { readonly name: string; readonly cidrs: readonly string[] };

/** What is kept of a ServiceCIDR (networking.k8s.io/v1); undefined for what is no object of the API server. */
export const projectServiceCidr = (raw: unknown): ServiceCidrFacts | undefined => {
  const metadata = metadataOf(raw);
  return metadata && { name: metadata.name, cidrs: texts(field(field(raw, "spec"), "cidrs")) };
};

/** CIDRs of this cluster's own pods and services, each once, as far as its nodes and ServiceCIDRs tell. */
export const ownNetworks = (
  nodes: Iterable<NodeFacts>,
  serviceCidrs: Iterable<ServiceCidrFacts>,
): readonly string[] => [
  ...new Set([...[...nodes].flatMap(({ podCIDRs }) => podCIDRs), ...[...serviceCidrs].flatMap(({ cidrs }) => cidrs)]),
];
