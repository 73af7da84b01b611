import type { LabelSelector, PolicyPeer, PolicyPort } from "../../api/kubernetes.ts";
import { managedByLabel, managedByValue, sealedLabel } from "../../api/names.ts";
import type { Allowance } from "../allowance.ts";
import { chunked, type TierInput } from "./input.ts";

/** How many rules a policy, peers a rule, blocks a peer and ports a rule of this API may have. */
const most = 25;

/**
 * The order in which Admin policies decide, lowest first, from 0 to 1000. Administrators have a hundred places before ours;
 * the denial comes right after all that passes.
 */
const priorities = { pass: 100, deny: 101 };

type Peer =
  | { readonly namespaces: LabelSelector }
  | { readonly pods: { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector } }
  | { readonly networks: readonly string[] };
type DestinationPort =
  | { readonly number: number }
  | { readonly range: { readonly start: number; readonly end: number } };
type Protocol = Partial<Readonly<Record<"tcp" | "udp" | "sctp", { readonly destinationPort: DestinationPort }>>>;
type Rule = {
  readonly name?: string;
  readonly action: "Pass" | "Deny";
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly protocols?: readonly Protocol[];
};

/** A policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy of ours. */
export type ClusterNetworkPolicy = {
  readonly apiVersion: "policy.networking.k8s.io/v1alpha2";
  readonly kind: "ClusterNetworkPolicy";
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly tier: "Admin";
    readonly priority: number;
    readonly subject: { readonly namespaces: LabelSelector };
    readonly ingress: readonly Rule[];
    readonly egress: readonly Rule[];
  };
};

/**
 * A zone as policies of the Admin tier, which decide before every NetworkPolicy and which nobody in a namespace may widen:
 * what the zone approves passes on to the NetworkPolicies, so that those may still narrow it, and the rest is denied. All
 * that passes has one priority, for among rules that pass the order is all the same.
 *
 * The API knows no blocks of addresses as a source, so of ingress only pods are denied; addresses stay with the
 * NetworkPolicies.
 */
export const clusterNetworkPolicies = (input: TierInput): readonly ClusterNetworkPolicy[] => {
  const egress = chunked(
    input.egress.flatMap((allowance) => passing("to", allowance)),
    most,
  );
  const ingress =
    input.ingress === "everybody"
      ? []
      : chunked(
          input.ingress.flatMap((allowance) => passing("from", { ...allowance, blocks: [] })),
          most,
        );
  const parts = Array.from({ length: Math.max(egress.length, ingress.length) }, (_, at) =>
    policyOf(input.zone, `pass-${at + 1}`, priorities.pass, ingress[at] ?? [], egress[at] ?? []),
  );
  const rest = policyOf(
    input.zone,
    "deny",
    priorities.deny,
    input.ingress === "everybody" ? [] : [{ name: "rest", action: "Deny", from: [{ namespaces: {} }] }],
    [{ name: "rest", action: "Deny", to: [{ namespaces: {} }, { networks: ["0.0.0.0/0", "::/0"] }] }],
  );
  return [...parts, rest];
};

const policyOf = (
  zone: string,
  part: string,
  priority: number,
  ingress: readonly Rule[],
  egress: readonly Rule[],
): ClusterNetworkPolicy => ({
  apiVersion: "policy.networking.k8s.io/v1alpha2",
  kind: "ClusterNetworkPolicy",
  metadata: { name: `domicile-${zone}-${part}`, labels: { [managedByLabel]: managedByValue } },
  spec: {
    tier: "Admin",
    priority,
    subject: { namespaces: { matchLabels: { [sealedLabel]: zone } } },
    ingress,
    egress,
  },
});

/** The rules of an allowance: as many as its peers and its ports need. */
const passing = (side: "to" | "from", { peers, blocks, ports }: Allowance): readonly Rule[] => {
  const all: readonly Peer[] = [...peers.map(peerOf), ...chunked(blocks, most).map((networks) => ({ networks }))];
  const protocols = chunked(ports.flatMap(protocolOf), most);
  return chunked(all, most).flatMap((some): readonly Rule[] =>
    ports.length === 0
      ? [{ action: "Pass", [side]: some }]
      : protocols.map((open) => ({ action: "Pass", [side]: some, protocols: open })),
  );
};

const peerOf = ({ namespaceSelector = {}, podSelector }: PolicyPeer): Peer =>
  podSelector === undefined ? { namespaces: namespaceSelector } : { pods: { namespaceSelector, podSelector } };

/** Zones have ports by number; a port in words passes nothing. */
const protocolOf = ({ protocol = "TCP", port, endPort }: PolicyPort): readonly Protocol[] =>
  typeof port === "number"
    ? [
        {
          [protocol.toLowerCase()]: {
            destinationPort: endPort === undefined ? { number: port } : { range: { start: port, end: endPort } },
          },
        },
      ]
    : [];
