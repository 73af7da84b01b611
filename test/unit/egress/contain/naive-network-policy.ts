import type { LabelSelector, PolicyPeer, PolicyPort } from "../../../../src/api/kubernetes.ts";
import { holds, matches, type End, type Opens } from "./packet.ts";

/** A rule of a NetworkPolicy, whichever its direction. */
type Rule = { readonly peers: readonly PolicyPeer[]; readonly ports: readonly PolicyPort[] };

/** A spec as people write it: anything may be missing. */
export type Spec = {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly egress?: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
  readonly ingress?: readonly { readonly from?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
};

/** What a NetworkPolicy in `namespace` opens to pods that it may select. */
export function openedBy(spec: Spec, namespace: string): Opens {
  const types = spec.policyTypes?.length ? spec.policyTypes : ["Ingress", ...(spec.egress?.length ? ["Egress"] : [])];
  const egress = types.includes("Egress") ? (spec.egress ?? []) : [];
  const ingress = types.includes("Ingress") ? (spec.ingress ?? []) : [];
  const rules: Readonly<Record<"egress" | "ingress", readonly Rule[]>> = {
    egress: egress.map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [] })),
    ingress: ingress.map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [] })),
  };
  const selectsNobody = contradictory(spec.podSelector ?? {});
  return (direction, end) => {
    if (selectsNobody) return undefined;
    const open = rules[direction].filter(
      ({ peers }) => peers.length === 0 || peers.some((one) => isPeer(one, end, namespace)),
    );
    if (open.length === 0) return undefined;
    return (protocol, port) =>
      open.some(({ ports }) => ports.length === 0 || ports.some((one) => isPort(one, protocol, port)));
  };
}

/** Whether a selector matches nothing: tried on every value that it speaks of, one that it does not, and none. */
export function contradictory(selector: LabelSelector): boolean {
  const keys = [...Object.keys(selector.matchLabels ?? {}), ...(selector.matchExpressions ?? []).map(({ key }) => key)];
  const words = [
    ...Object.values(selector.matchLabels ?? {}),
    ...(selector.matchExpressions ?? []).flatMap(({ values }) => values ?? []),
    "some-other-word",
  ];
  const tries = keys.reduce<readonly Record<string, string>[]>(
    (all, key) => all.flatMap((labels) => [labels, ...words.map((word) => ({ ...labels, [key]: word }))]),
    [{}],
  );
  return !tries.some((labels) => matches(selector, labels));
}

function isPeer({ ipBlock, namespaceSelector, podSelector }: PolicyPeer, end: End, own: string): boolean {
  if (end.kind === "other") return false;
  if (end.kind === "address")
    return (
      ipBlock !== undefined &&
      holds(ipBlock.cidr, end.address) &&
      !(ipBlock.except ?? []).some((cidr) => holds(cidr, end.address))
    );
  if (ipBlock !== undefined) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? end.namespace["kubernetes.io/metadata.name"] === own
      : matches(namespaceSelector, end.namespace);
  return inNamespace && matches(podSelector ?? {}, end.pod);
}

function isPort({ protocol = "TCP", port, endPort }: PolicyPort, spoken: string, number: number): boolean {
  if (protocol !== spoken) return false;
  if (port === undefined) return true;
  // A name may turn out to be any port that a container can have.
  if (typeof port === "string") return number >= 1 && number <= 65535;
  return port <= number && number <= (endPort ?? port);
}
