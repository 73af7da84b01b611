import type { LabelSelector } from "../../../../src/api/kubernetes.ts";
import { contradictory } from "./naive-network-policy.ts";
import { holds, matches, type End, type Opens } from "./packet.ts";

type Pods = { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector };
/** A peer of either kind of policy.networking.k8s.io. */
export type Peer = {
  readonly namespaces?: LabelSelector;
  readonly pods?: Pods;
  readonly networks?: readonly string[];
};
type Range = { readonly start: number; readonly end: number };
type Numbers = { readonly destinationPort?: { readonly number?: number; readonly range?: Range } };
/** A port of either kind. */
export type Port = {
  readonly tcp?: Numbers;
  readonly udp?: Numbers;
  readonly sctp?: Numbers;
  readonly destinationNamedPort?: string;
  readonly namedPort?: string;
  readonly portNumber?: { readonly protocol?: string; readonly port: number };
  readonly portRange?: Range & { readonly protocol?: string };
};
/** A rule of either kind, in either direction. */
export type Rule = {
  readonly action: string;
  readonly to?: readonly Peer[];
  readonly from?: readonly Peer[];
  readonly protocols?: readonly Port[];
  readonly ports?: readonly Port[];
};
/** A spec of either kind. */
export type AdminSpec = {
  readonly tier?: string;
  readonly priority: number;
  readonly subject: Peer;
  readonly egress?: readonly Rule[];
  readonly ingress?: readonly Rule[];
};

/** What a policy opens to pods of the zone that it may select, where no other policy has decided before. */
export function openedByAdmin(
  { tier, subject, egress = [], ingress = [] }: AdminSpec,
  zones: readonly string[],
): Opens {
  // Baseline is for pods that no NetworkPolicy selects, and the zone's own selects all.
  if (tier === "Baseline" || !zones.some((name) => selects(subject, name))) return () => undefined;
  return (direction, end) => {
    const about = (direction === "egress" ? egress : ingress).filter(({ to, from }) =>
      (to ?? from ?? []).some((peer) => isPeer(peer, end)),
    );
    if (about.length === 0) return undefined;
    return (protocol, port) => {
      // In a rule that blocks, a port in words may turn out to be another: then what comes after it decides.
      const deciding = about.find(({ action, protocols, ports }) =>
        isOpen(protocols ?? ports, protocol, port, action === "Accept" || action === "Allow"),
      );
      return deciding?.action === "Accept" || deciding?.action === "Allow";
    };
  };
}

/** Namespaces of the zone may bear any label beside these. */
function selects({ namespaces, pods }: Peer, name: string): boolean {
  if (contradictory(pods?.podSelector ?? {})) return false;
  const selector = namespaces ?? pods?.namespaceSelector ?? {};
  const fixed = { "kubernetes.io/metadata.name": name, "domicile.dev/zone": "us" };
  return ["", "a", "b", "other"].some((team) =>
    ["", "us", "eu"].some((sealed) =>
      matches(selector, {
        ...fixed,
        ...(team === "" ? {} : { team }),
        ...(sealed === "" ? {} : { "domicile.dev/sealed": sealed }),
      }),
    ),
  );
}

function isPeer({ namespaces, pods, networks }: Peer, end: End): boolean {
  if (end.kind === "other") return false;
  if (end.kind === "address") return (networks ?? []).some((cidr) => holds(cidr, end.address));
  if (networks !== undefined) return false;
  return pods === undefined
    ? matches(namespaces ?? {}, end.namespace)
    : matches(pods.namespaceSelector, end.namespace) && matches(pods.podSelector, end.pod);
}

function isOpen(list: readonly Port[] | undefined, protocol: string, port: number, allows: boolean): boolean {
  if (list === undefined) return true;
  return list.some((one) => {
    if (one.destinationNamedPort !== undefined || one.namedPort !== undefined)
      return allows && protocol !== "other" && port >= 1;
    if (one.portNumber !== undefined)
      return (one.portNumber.protocol ?? "TCP") === protocol && one.portNumber.port === port;
    if (one.portRange !== undefined)
      return (one.portRange.protocol ?? "TCP") === protocol && one.portRange.start <= port && port <= one.portRange.end;
    const numbers =
      protocol === "TCP" ? one.tcp : protocol === "UDP" ? one.udp : protocol === "SCTP" ? one.sctp : undefined;
    if (numbers === undefined) return false;
    const { number, range } = numbers.destinationPort ?? {};
    if (number !== undefined) return number === port;
    return range === undefined || (range.start <= port && port <= range.end);
  });
}
