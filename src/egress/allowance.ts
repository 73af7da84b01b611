import type { NetworkPolicySpec, PolicyPeer, PolicyPort } from "../api/kubernetes.ts";
import { printCidr } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import { unionOf } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import type { Port } from "../zone/zone.ts";
import { policyPorts } from "./ports.ts";

/**
 * What one rule allows: a few peers that stand in the first policy, and canonical, disjoint blocks of addresses that may
 * be spread over several, all on the same ports. No ports means every port of every protocol, as NetworkPolicy has it.
 */
export type Allowance = {
  readonly peers: readonly PolicyPeer[];
  readonly blocks: readonly string[];
  readonly ports: readonly PolicyPort[];
};

/** Peers as a zone names them: selectors, addresses, or both, and the ports open to them. */
export type Approval = {
  readonly selectors: readonly PolicyPeer[];
  readonly addresses: CidrSet;
  readonly ports: readonly Port[];
};

/** What peers that stand by themselves are allowed. */
export const allowanceOf = ({ selectors, addresses, ports }: Approval): Allowance => ({
  peers: selectors,
  blocks: blocks(addresses).map(printCidr),
  ports: policyPorts(ports),
});

/**
 * One allowance for each list of ports, since a rule is the product of its peers and its ports. Addresses are merged;
 * the order is that of the ports, so that the order in which a user wrote networks changes nothing.
 */
export function allowancesOf(approvals: readonly Approval[]): readonly Allowance[] {
  const merged = new Map<string, Group>();
  for (const { selectors, addresses, ports: raw } of approvals) {
    const ports = policyPorts(raw);
    const key = JSON.stringify(ports);
    const group: Group = merged.get(key) ?? { selectors: new Map(), addresses: [], ports };
    for (const selector of selectors) group.selectors.set(JSON.stringify(selector), selector);
    group.addresses.push(addresses);
    merged.set(key, group);
  }
  return sorted(merged).map(({ selectors, addresses, ports }) => ({
    peers: sorted(selectors),
    blocks: blocks(unionOf(addresses)).map(printCidr),
    ports,
  }));
}

type Group = {
  readonly selectors: Map<string, PolicyPeer>;
  readonly addresses: CidrSet[];
  readonly ports: readonly PolicyPort[];
};

/** Whether the allowance allows anything; a rule without peers would allow everything. */
export const isEmpty = ({ peers, blocks: cidrs }: Allowance): boolean => peers.length === 0 && cidrs.length === 0;

/** The egress rule of an allowance. */
export const egressRule = (allowance: Allowance): NetworkPolicySpec["egress"][number] => ({
  to: peersOf(allowance),
  ...portsOf(allowance),
});

/** The ingress rule of an allowance. */
export const ingressRule = (allowance: Allowance): NetworkPolicySpec["ingress"][number] => ({
  from: peersOf(allowance),
  ...portsOf(allowance),
});

/** All peers of an allowance, addresses last. */
export const peersOf = ({ peers, blocks: cidrs }: Allowance): readonly PolicyPeer[] => [
  ...peers,
  ...cidrs.map(blockPeer),
];

/** A block of addresses as a peer. */
export const blockPeer = (cidr: string): PolicyPeer => ({ ipBlock: { cidr } });

/** `ports` is left out where every port is meant: an empty list says the same and reads like none. */
const portsOf = ({ ports }: Allowance): { readonly ports?: readonly PolicyPort[] } =>
  ports.length === 0 ? {} : { ports };

/** The values in the order of their keys. */
const sorted = <T>(map: ReadonlyMap<string, T>): readonly T[] =>
  [...map].toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
