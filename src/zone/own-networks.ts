import { parseAddress } from "../cidr/address.ts";
import { blockOf, printCidr } from "../cidr/block.ts";
import type { NodeFacts } from "./facts.ts";
import { field, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a ServiceCIDR: the blocks that ClusterIPs are taken from. */
export type ServiceCidrFacts = { readonly name: string; readonly cidrs: readonly string[] };

/** A block of this cluster's own addresses, and whose it is, in words. */
export type OwnNetwork = { readonly called: string; readonly cidr: string };

/** What is kept of a ServiceCIDR (networking.k8s.io/v1); undefined for what is no object of the API server. */
export const projectServiceCidr = (raw: unknown): ServiceCidrFacts | undefined => {
  const metadata = metadataOf(raw);
  return metadata && { name: metadata.name, cidrs: texts(field(field(raw, "spec"), "cidrs")) };
};

/**
 * The addresses of this cluster's own services, pods and nodes, each block once, as far as its ServiceCIDRs and nodes
 * tell, in an order of their own: which of two nodes was heard of first changes nothing.
 */
export const ownNetworks = (
  nodes: Iterable<NodeFacts>,
  serviceCidrs: Iterable<ServiceCidrFacts>,
): readonly OwnNetwork[] => {
  const listed = [...nodes].toSorted(byName);
  return once([
    ...[...serviceCidrs]
      .toSorted(byName)
      .flatMap(({ name, cidrs }) => cidrs.map((cidr) => ({ called: `services (ServiceCIDR ${name})`, cidr }))),
    ...listed.flatMap(({ name, podCIDRs }) => podCIDRs.map((cidr) => ({ called: `pods of node ${name}`, cidr }))),
    ...listed.flatMap(({ name, addresses }) =>
      addresses.flatMap((text): readonly OwnNetwork[] => {
        const read = parseAddress(text);
        return read.ok ? [{ called: `node ${name}`, cidr: printCidr(blockOf(read.address)) }] : [];
      }),
    ),
  ]);
};

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Of two that state one block the first counts. */
const once = (all: readonly OwnNetwork[]): readonly OwnNetwork[] => {
  const first = new Map<string, OwnNetwork>();
  for (const own of all) if (!first.has(own.cidr)) first.set(own.cidr, own);
  return [...first.values()];
};
