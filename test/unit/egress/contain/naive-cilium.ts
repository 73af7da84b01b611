import type { Labels, LabelSelector } from "../../../../src/api/kubernetes.ts";
import { contradictory } from "./naive-network-policy.ts";
import { bitsOf, holds, matches, type End, type Opens } from "./packet.ts";

type Port = { readonly port: string; readonly endPort?: number; readonly protocol?: string };
type Sides = "Endpoints" | "CIDR" | "CIDRSet" | "Entities";
/** A rule by Cilium, of either direction, with at most one of its fields for peers. */
export type Rule = {
  readonly [Side in Sides as `to${Side}` | `from${Side}`]?: readonly unknown[];
} & {
  readonly toPorts?: readonly { readonly ports?: readonly Port[] }[];
  readonly icmps?: readonly unknown[];
};
/** A spec of a CiliumNetworkPolicy. */
export type CiliumSpec = {
  readonly endpointSelector: LabelSelector;
  readonly egress?: readonly Rule[];
  readonly ingress?: readonly Rule[];
  readonly egressDeny?: readonly Rule[];
  readonly ingressDeny?: readonly Rule[];
};

/** Where a policy stands: `namespace` is undefined for a clusterwide one, `cluster` where there is no mesh. */
export type Stand = { readonly namespace: string | undefined; readonly cluster: string | undefined };

/** What a policy opens to pods of the zone that it may select. */
export function openedByCilium(spec: CiliumSpec, stand: Stand): Opens {
  if (contradictory(spec.endpointSelector)) return () => undefined;
  return (direction, end) => {
    const about = (rules: readonly Rule[] = [], isDenial: boolean): readonly Rule[] =>
      rules.filter((rule) => isPeerOf(rule, end, stand, isDenial));
    const allow = about(direction === "egress" ? spec.egress : spec.ingress, false);
    if (allow.length === 0) return undefined;
    const deny = about(direction === "egress" ? spec.egressDeny : spec.ingressDeny, true);
    return (protocol, port) =>
      allow.some((rule) => isOpen(rule, protocol, port, false)) &&
      !deny.some((rule) => isOpen(rule, protocol, port, true));
  };
}

function isPeerOf(rule: Rule, end: End, stand: Stand, isDenial: boolean): boolean {
  const endpoints = rule.toEndpoints ?? rule.fromEndpoints;
  const cidrs = rule.toCIDR ?? rule.fromCIDR;
  const sets = rule.toCIDRSet ?? rule.fromCIDRSet;
  const entities = rule.toEntities ?? rule.fromEntities;
  if (endpoints !== undefined) return endpoints.some((one) => isEndpoint(one as LabelSelector, end, stand, isDenial));
  if (cidrs !== undefined) return end.kind === "address" && cidrs.some((cidr) => holds(cidr as string, end.address));
  if (sets !== undefined)
    return (
      end.kind === "address" &&
      (sets as readonly { cidr: string; except?: readonly string[] }[]).some(
        ({ cidr, except = [] }) => holds(cidr, end.address) && !except.some((hole) => holds(hole, end.address)),
      )
    );
  if (entities !== undefined) return entities.some((entity) => isEntity(entity as string, end, stand));
  return true;
}

function isEndpoint(selector: LabelSelector, end: End, { namespace, cluster }: Stand, isDenial: boolean): boolean {
  if (end.kind !== "pod") return false;
  const labels: Labels = Object.fromEntries([
    ...Object.entries(end.pod),
    ...Object.entries(end.namespace).map(([key, value]) => [`io.cilium.k8s.namespace.labels.${key}`, value]),
    ["io.kubernetes.pod.namespace", end.namespace["kubernetes.io/metadata.name"] ?? ""],
    ["io.cilium.k8s.policy.cluster", end.cluster ?? cluster ?? "default"],
  ]);
  const plain = (key: string): string => key.replace(/^(k8s|any):/, "");
  const expressions = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: "In", values: [value] })),
    ...(selector.matchExpressions ?? []),
  ].map((one) => ({ ...one, key: plain(one.key) }));
  const speaksOf = (start: string): boolean => expressions.some(({ key }) => key.startsWith(start));
  const spaces = speaksOf("io.kubernetes.pod.namespace") || speaksOf("io.cilium.k8s.namespace.labels.");
  if (!spaces && namespace !== undefined && labels["io.kubernetes.pod.namespace"] !== namespace) return false;
  // Versions differ in whether a selector without a cluster is of all of them: allowing, it is, and denying, it is not.
  const isHere = end.cluster === undefined || end.cluster === cluster;
  if (!speaksOf("io.cilium.k8s.policy.cluster") && isDenial && !isHere) return false;
  return matches({ matchExpressions: expressions }, labels);
}

function isEntity(entity: string, end: End, { cluster }: Stand): boolean {
  if (entity === "all") return true;
  if (end.kind === "address") {
    const { width } = bitsOf(end.address);
    return entity === "world" || entity === (width === 32 ? "world-ipv4" : "world-ipv6");
  }
  if (end.kind === "pod") return entity === "cluster" && (end.cluster === undefined || end.cluster === cluster);
  return end.name.includes(`entity ${entity})`) || (entity === "cluster" && end.name.includes("(entity "));
}

function isOpen({ toPorts = [], icmps = [] }: Rule, protocol: string, port: number, isDenial: boolean): boolean {
  if (toPorts.length === 0 && icmps.length === 0) return true;
  // Of the kinds of ICMP one allowed is taken for all, and one denied for none.
  if (protocol === "other" && icmps.length > 0 && !isDenial) return true;
  return toPorts
    .flatMap(({ ports = [] }) => ports)
    .some((one) => {
      const spoken = (one.protocol ?? "ANY").toUpperCase();
      if (protocol === "other") return !isDenial && spoken === "ANY" && one.port === "0";
      // Denying, ANY is TCP and UDP: SCTP only where Cilium was set up for it.
      if (spoken === "ANY" ? isDenial && protocol === "SCTP" : spoken !== protocol) return false;
      if (one.port === "0") return true;
      if (/^[0-9]+$/.test(one.port))
        return Number(one.port) <= port && port <= Math.max(Number(one.port), one.endPort ?? 0);
      return !isDenial && port >= 1;
    });
}
