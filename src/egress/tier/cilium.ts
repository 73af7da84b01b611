import type { LabelSelector } from "../../api/kubernetes.ts";
import { managedByLabel, managedByValue, namespaceNameLabel, sealedLabel } from "../../api/names.ts";
import { printCidr } from "../../cidr/block.ts";
import { blocks } from "../../cidr/blocks.ts";
import { everything, subtract } from "../../cidr/set.ts";
import type { CidrSet } from "../../cidr/set.ts";
import type { Allowance } from "../allowance.ts";
import { everyPort, portsWithout } from "../port-set.ts";
import type { PortRange, PortSet } from "../port-set.ts";
import { chunked, type TierInput } from "./input.ts";
import { addressRegions, podRegions, type Requirement } from "./regions.ts";

/** How many ports Cilium takes in one item of `toPorts`. */
const mostPorts = 40;

type Ports = {
  readonly ports: readonly { readonly port: string; readonly endPort?: number; readonly protocol: string }[];
};
type Peers =
  | { readonly CIDRSet: readonly { readonly cidr: string; readonly except?: readonly string[] }[] }
  | { readonly CIDR: readonly string[] }
  | { readonly Endpoints: readonly LabelSelector[] };
type Denial = Readonly<Record<string, unknown>>;

/** A cilium.io/v2 CiliumClusterwideNetworkPolicy of ours. */
export type CiliumClusterwideNetworkPolicy = {
  readonly apiVersion: "cilium.io/v2";
  readonly kind: "CiliumClusterwideNetworkPolicy";
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly endpointSelector: LabelSelector;
    readonly enableDefaultDeny: { readonly egress: false; readonly ingress: false };
    readonly egressDeny: readonly Denial[];
    readonly ingressDeny?: readonly Denial[];
  };
};

/**
 * A zone as denials of all that it does not approve. In Cilium what any policy denies stays denied, whatever others allow,
 * and there is no passing on: so the denial is written out, as the parts of all addresses and of all pods on which the same
 * ports are closed. What is approved is left to the NetworkPolicies. Undefined where the zone's selectors overlap so much
 * that this would be too long.
 *
 * Left to those as well is what Cilium knows as neither: nodes, the API server, whoever else has an entity, for a
 * NodeLocal DNS is one of them; and protocols without ports to whom some ports are open.
 */
export const ciliumPolicy = ({ zone, egress, ingress }: TierInput): CiliumClusterwideNetworkPolicy | undefined => {
  const out = denials("to", egress);
  const into = ingress === "everybody" ? [] : denials("from", ingress);
  if (out === undefined || into === undefined) return undefined;
  return {
    apiVersion: "cilium.io/v2",
    kind: "CiliumClusterwideNetworkPolicy",
    metadata: { name: `domicile-${zone}-deny`, labels: { [managedByLabel]: managedByValue } },
    spec: {
      endpointSelector: { matchLabels: { [spaceKey(sealedLabel)]: zone } },
      // A denial alone would make pods deny the rest too, which is for the zone's own policies to say.
      enableDefaultDeny: { egress: false, ingress: false },
      egressDeny: out,
      ...(into.length === 0 ? {} : { ingressDeny: into }),
    },
  };
};

const denials = (side: "to" | "from", allowances: readonly Allowance[]): readonly Denial[] | undefined => {
  const pods = podRegions(allowances);
  if (pods === undefined) return undefined;
  return [
    ...addressRegions(allowances).flatMap(({ of, open }) => denied(side, ofAddresses(of), open)),
    ...pods.flatMap(({ of, open }) => denied(side, { Endpoints: [endpoints(of)] }, open)),
  ];
};

const denied = (side: "to" | "from", peers: Peers, open: PortSet): readonly Denial[] => {
  const shut = portsWithout(everyPort, open);
  const ranges = [...shut.TCP, ...shut.UDP, ...shut.SCTP].filter(({ last }) => last > 0);
  const named = Object.fromEntries(Object.entries(peers).map(([name, value]) => [`${side}${name}`, value]));
  if (isNone(open)) return [named];
  return ranges.length === 0
    ? []
    : [{ ...named, toPorts: chunked(ranges.map(portOf), mostPorts).map((ports): Ports => ({ ports })) }];
};

const isNone = ({ TCP, UDP, SCTP, other }: PortSet): boolean =>
  TCP.length + UDP.length + SCTP.length + other.length === 0;

/** Cilium reads port 0 as every port, so it is not named. */
const portOf = ({ protocol, first, last }: PortRange): Ports["ports"][number] => {
  const from = Math.max(first, 1);
  return { port: String(from), ...(last > from ? { endPort: last } : {}), protocol };
};

/** Addresses as few words: most of a family is written as all but the rest. */
const ofAddresses = (set: CidrSet): Peers => {
  const listed = blocks(set).map(printCidr);
  const rest = blocks(subtract(everything, set)).map(printCidr);
  if (listed.length <= rest.length) return { CIDR: listed };
  const families = [
    { cidr: "0.0.0.0/0", some: set.v4.length > 0, except: rest.filter((cidr) => !cidr.includes(":")) },
    { cidr: "::/0", some: set.v6.length > 0, except: rest.filter((cidr) => cidr.includes(":")) },
  ];
  return {
    CIDRSet: families
      .filter(({ some }) => some)
      .map(({ cidr, except }) => (except.length === 0 ? { cidr } : { cidr, except })),
  };
};

/** Pods alone: without a namespace a requirement on what is not there would be met by whoever has no labels at all. */
const endpoints = (requirements: readonly Requirement[]): LabelSelector => ({
  matchExpressions: [
    { key: podNamespace, operator: "Exists" },
    ...requirements.map(({ about, key, operator, values }) => ({
      key: about === "namespace" ? spaceKey(key) : `k8s:${key}`,
      operator,
      ...(values.length === 0 ? {} : { values }),
    })),
  ],
});

const podNamespace = "k8s:io.kubernetes.pod.namespace";

const spaceKey = (key: string): string =>
  key === namespaceNameLabel ? podNamespace : `k8s:io.cilium.k8s.namespace.labels.${key}`;
