import { parseAddress } from "../cidr/address.ts";
import { blockOf, printCidr } from "../cidr/block.ts";
import type { CidrSet } from "../cidr/set.ts";
import type { NodeFacts } from "./facts.ts";
import { field, texts } from "./json.ts";
import { metadataOf } from "./metadata.ts";
import { addressesOf } from "./networks.ts";

/** What is kept of a ServiceCIDR: the blocks that ClusterIPs are taken from. */
export type ServiceCidrFacts = { readonly name: string; readonly cidrs: readonly string[] };

/** A block of this cluster's own addresses, and whose it is, in words. */
export type OwnNetwork = { readonly called: string; readonly cidr: string };

/** What is kept of a ServiceCIDR (networking.k8s.io/v1); undefined for what is no object of the API server. */
export const projectServiceCidr = (raw: unknown): ServiceCidrFacts | undefined => {
  const metadata = metadataOf(raw);
  return metadata && { name: metadata.name, cidrs: texts(field(field(raw, "spec"), "cidrs")) };
};

/** Whether two states of a node give the cluster the same addresses. */
export const haveSameAddresses = (a: NodeFacts | undefined, b: NodeFacts | undefined): boolean =>
  isSame(a?.podCIDRs, b?.podCIDRs) && isSame(a?.addresses, b?.addresses);

const isSame = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((text, at) => text === b[at]);

/** The kinds of a cluster's own addresses. */
export const ownKinds = ["services", "pods", "nodes"] as const;

/** Blocks that whoever installed Domicile states, by kind: they take the place of all that is found of that kind. */
export type StatedNetworks = Readonly<Partial<Record<(typeof ownKinds)[number], readonly string[]>>>;

/**
 * The addresses of this cluster's own services, pods and nodes, each block once: as stated, or else as far as its
 * ServiceCIDRs and nodes tell, in an order of their own: which of two nodes was heard of first changes nothing.
 */
export const ownNetworks = (
  nodes: Iterable<NodeFacts>,
  serviceCidrs: Iterable<ServiceCidrFacts>,
  stated: StatedNetworks = {},
): readonly OwnNetwork[] => {
  const listed = [...nodes].toSorted(byName);
  const found = {
    services: [...serviceCidrs]
      .toSorted(byName)
      .flatMap(({ name, cidrs }) => cidrs.map((cidr) => ({ called: `services (ServiceCIDR ${name})`, cidr }))),
    pods: listed.flatMap(({ name, podCIDRs }) => podCIDRs.map((cidr) => ({ called: `pods of node ${name}`, cidr }))),
    nodes: listed.flatMap(({ name, addresses }) =>
      addresses.flatMap((text): readonly OwnNetwork[] => {
        const read = parseAddress(text);
        return read.ok ? [{ called: `node ${name}`, cidr: printCidr(blockOf(read.address)) }] : [];
      }),
    ),
  };
  return once(
    ownKinds.flatMap(
      (kind) => stated[kind]?.map((cidr) => ({ called: `${kind} (as installed)`, cidr })) ?? found[kind],
    ),
  );
};

/**
 * The addresses of own networks, read once for as long as the list is the same value: there are as many blocks as nodes,
 * and every zone and every policy that is judged asks.
 */
export const ownAddresses = (networks: readonly OwnNetwork[]): CidrSet => {
  const known = sets.get(networks) ?? addressesOf(networks.map(({ cidr }) => cidr));
  sets.set(networks, known);
  return known;
};

const sets = new WeakMap<readonly OwnNetwork[], CidrSet>();

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/** Of two that state one block the first counts. */
const once = (all: readonly OwnNetwork[]): readonly OwnNetwork[] => {
  const first = new Map<string, OwnNetwork>();
  for (const own of all) if (!first.has(own.cidr)) first.set(own.cidr, own);
  return [...first.values()];
};
