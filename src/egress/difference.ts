import type { NetworkPolicySpec } from "../api/kubernetes.ts";
import { printCidr } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import { isEmpty, subtract } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { coverOf } from "./cover.ts";
import type { Cover, Flow } from "./cover.ts";
import { together } from "./flow.ts";
import type { Direction } from "./flow.ts";
import { policyOf, type Grants, type Why } from "./grant.ts";
import { readNetworkPolicy } from "./network-policy.ts";
import { meeting, remainder } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { cut, portSetOf, protocols } from "./port-set.ts";
import type { PortRange } from "./port-set.ts";
import { universe } from "./select.ts";

/** Something that is open, with the field that opens it; without a reason where only policies tell that it is. */
export type Open = Flow & {
  readonly direction: Direction;
  readonly why: Why | undefined;
  readonly path: string;
};

/** A part of what is open that was not open before, or is no more: these ends, on these ports. */
export type Change = Pick<Open, "direction" | "why" | "path"> & {
  readonly addresses: CidrSet;
  /** Pods by labels, in sets that have none in common. */
  readonly pods: readonly PodSet[];
  /** By protocol, in order. */
  readonly ports: readonly PortRange[];
  /** Which pods of these are meant nobody can tell: all of them are named. */
  readonly vague: boolean;
};

/** What a zone opens, as flows. */
export const openOf = (zone: string, { egress, ingress }: Grants): readonly Open[] => [
  ...egress.flatMap((grant) => read(zone, policyOf(grant, "egress"), grant)),
  ...(ingress === "everybody"
    ? read(
        zone,
        { policyTypes: ["Ingress"], ingress: [{}] },
        {
          why: { kind: "everybody" },
          path: "spec.ingress.isolation",
        },
      )
    : ingress.flatMap((grant) => read(zone, policyOf(grant, "ingress"), grant))),
];

/** What policies that stand open, as flows; `path` is theirs. One that cannot be read opens nothing. */
export const openIn = (zone: string, specs: readonly Partial<NetworkPolicySpec>[]): readonly Open[] =>
  specs.flatMap((spec) => read(zone, spec, undefined));

const read = (
  zone: string,
  spec: Partial<NetworkPolicySpec>,
  from: Pick<Open, "why" | "path"> | undefined,
): readonly Open[] => {
  const reading = readNetworkPolicy(spec, { zone, namespace: undefined, namespaces: [] });
  if (reading.kind !== "rules") return [];
  return reading.rules.map(({ direction, entries, ports }) => ({
    direction,
    why: from?.why,
    path: from?.path ?? entries[0]?.path ?? "spec",
    peers: together(entries),
    ports,
  }));
};

/**
 * What of `open` none of `others` opens, exactly: all these parts together are the one set of connections without the
 * other. Ports are cut where the others change, and pieces of which the same is left are put together again.
 */
export function difference(open: readonly Open[], others: readonly Open[]): readonly Change[] {
  const covers = {
    egress: coverOf(others.filter(({ direction }) => direction === "egress")),
    ingress: coverOf(others.filter(({ direction }) => direction === "ingress")),
  };
  return open.flatMap((one) => beyond(one, covers[one.direction]));
}

function beyond({ direction, why, path, peers, ports }: Open, cover: Cover): readonly Change[] {
  const pods = peers.pods.flatMap((set) => meeting(set, everyPod) ?? []);
  const left = new Map<string, { readonly part: Part; readonly ranges: PortRange[] }>();
  for (const piece of protocols.flatMap((protocol) =>
    ports[protocol].flatMap((range) => cut(range, cover.edges[protocol])),
  )) {
    const allowed = cover.at(piece.protocol, piece.first);
    const part = partOf(subtract(peers.addresses, allowed.addresses), pods, allowed.pods);
    if (isEmpty(part.addresses) && part.pods.length === 0) continue;
    const key = keyOf(part);
    const known = left.get(key) ?? { part, ranges: [] };
    known.ranges.push(piece);
    left.set(key, known);
  }
  return [...left.values()].map(({ part, ranges }) => {
    const merged = portSetOf(ranges);
    return { direction, why, path, ...part, ports: protocols.flatMap((protocol) => merged[protocol]) };
  });
}

type Part = Pick<Change, "addresses" | "pods" | "vague">;

const partOf = (addresses: CidrSet, pods: readonly PodSet[], covers: readonly PodSet[]): Part => {
  const rests = pods.map((set) => ({ set, rest: remainder(set, covers) }));
  return {
    addresses,
    pods: rests.flatMap(({ set, rest }) => (rest === "unknown" ? [set] : rest)),
    vague: rests.some(({ rest }) => rest === "unknown"),
  };
};

const everyPod: PodSet = universe(undefined);

const keyOf = ({ addresses, pods }: Part): string =>
  JSON.stringify([
    blocks(addresses).map(printCidr),
    pods.map((set) => [...set].map(([key, { absent, rule, values }]) => [key, absent, rule, [...values]])),
  ]);
