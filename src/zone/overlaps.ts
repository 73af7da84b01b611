import type { Reason } from "../api/reasons.ts";
import { printCidr } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import { empty, intersect, overlaps, union, type CidrSet } from "../cidr/set.ts";
import { nearest } from "./nearest.ts";
import { addressesOf } from "./networks.ts";
import { ownAddresses } from "./own-networks.ts";
import type { Problem } from "./problem.ts";
import type { ClusterRecord } from "./record.ts";
import type { World } from "./world.ts";
import type { Network, RemoteCluster, Zone } from "./zone.ts";

/** What hinders a zone outside itself. */
export type Unresolved = Problem & {
  readonly reason: Extract<
    Reason,
    "ClusterNotFound" | "ClusterNotAccepted" | "NetworksOverlap" | "OwnNetworksOverlap" | "DnsNotFound"
  >;
};

/**
 * The clusters that a zone approves, in its order, or every reason why its networks may not be compiled. Clusters that
 * are not there are missing: without them a zone reaches less, so nothing waits for them, and deleting one closes it.
 */
export type Resolved =
  | { readonly ok: true; readonly clusters: readonly RemoteCluster[]; readonly missing: readonly Unresolved[] }
  | { readonly ok: false; readonly problems: readonly Unresolved[] };

/** The clusters there are, as far as overlaps are a matter of them. */
export type Clusters = ReadonlyMap<string, Pick<ClusterRecord, "name" | "parsed">>;

/** Where a zone's networks overlap this cluster's own or those of clusters that it does not approve: both by name. */
export const overlapsOf = (
  world: { readonly clusters: Clusters } & Pick<World, "ownNetworks">,
  zone: Zone,
): readonly Unresolved[] => {
  const resolved = resolve(world, zone);
  return resolved.ok
    ? []
    : resolved.problems.filter(({ reason }) => reason === "NetworksOverlap" || reason === "OwnNetworksOverlap");
};

/** Resolves what a zone refers to. What is there is approved whole: with one problem there are no clusters. */
export const resolve = (world: { readonly clusters: Clusters } & Pick<World, "ownNetworks">, zone: Zone): Resolved => {
  const found = zone.egress.clusters.map((name, index) =>
    find(world.clusters, name, `spec.egress.clusters[${index}].name`),
  );
  const clusters = found.flatMap((one) => (one.ok ? [one.cluster] : []));
  const stated = [...statedBy(zone), ...clusters.flatMap(statedByCluster(zone))];
  const unfound = found.flatMap((one) => (one.ok ? [] : [one.problem]));
  const missing = unfound.filter(({ reason }) => reason === "ClusterNotFound");
  const hindering = [
    ...unfound.filter(({ reason }) => reason !== "ClusterNotFound"),
    ...unapprovedOverlaps(world.clusters, zone, stated),
    ...ownOverlaps(world.ownNetworks, stated),
  ];
  return hindering.length === 0 ? { ok: true, clusters, missing } : { ok: false, problems: [...hindering, ...missing] };
};

/** Addresses that the zone opens, where it says so, and what people call them. */
type Stated = {
  readonly path: string;
  readonly called: string;
  readonly addresses: CidrSet;
  readonly direction: "egress" | "ingress";
};

const find = (
  clusters: Clusters,
  name: string,
  path: string,
): { readonly ok: true; readonly cluster: RemoteCluster } | { readonly ok: false; readonly problem: Unresolved } => {
  const record = clusters.get(name);
  if (record === undefined) {
    const meant = nearest(name, clusters.keys());
    const hint = meant === undefined ? "" : `: did you mean ${meant}?`;
    return {
      ok: false,
      problem: { reason: "ClusterNotFound", path, message: `RemoteCluster ${name} does not exist${hint}` },
    };
  }
  if (record.parsed.ok) return { ok: true, cluster: record.parsed.value };
  const [first] = record.parsed.problems;
  const why = first === undefined ? "" : `: ${first.path}: ${first.message}`;
  return {
    ok: false,
    problem: { reason: "ClusterNotAccepted", path, message: `RemoteCluster ${name} is not valid${why}` },
  };
};

const statedBy = (zone: Zone): readonly Stated[] => [
  ...zone.egress.networks.map(({ name, addresses }, index): Stated => ({
    path: `spec.egress.networks[${index}].cidrs`,
    called: `network ${name}`,
    addresses,
    direction: "egress",
  })),
  ...zone.ingress.from.flatMap((peer, index): readonly Stated[] => {
    if (peer.kind !== "addresses") return [];
    const path = `spec.ingress.from[${index}].cidrs`;
    return [{ path, called: "this peer", addresses: peer.addresses, direction: "ingress" }];
  }),
];

const statedByCluster =
  (zone: Zone) =>
  (cluster: RemoteCluster): readonly Stated[] =>
    cluster.networks.map((network) => ({
      path: `spec.egress.clusters[${zone.egress.clusters.indexOf(cluster.name)}]`,
      called: `network ${network.name} of RemoteCluster ${cluster.name}`,
      addresses: network.addresses,
      direction: "egress",
    }));

/** Ports are not compared: two clusters behind one address are one cluster to the network. */
const unapprovedOverlaps = (clusters: Clusters, zone: Zone, stated: readonly Stated[]): readonly Unresolved[] => {
  const approved = new Set(zone.egress.clusters);
  const opened = stated.filter(({ direction }) => direction === "egress");
  const all = allOf(opened);
  return [...clusters.values()].flatMap(({ name, parsed }): readonly Unresolved[] => {
    if (approved.has(name) || !parsed.ok || !overlaps(all, allOf(parsed.value.networks))) return [];
    return opened.flatMap(({ path, called, addresses }) =>
      parsed.value.networks.flatMap((network: Network): readonly Unresolved[] => {
        const common = firstCommon(addresses, network.addresses);
        if (common === undefined) return [];
        const message = `${called} overlaps network ${network.name} of RemoteCluster ${name}, which the zone does not approve, in ${common}`;
        return [{ reason: "NetworksOverlap", path, message }];
      }),
    );
  });
};

const ownOverlaps = (ownNetworks: World["ownNetworks"], stated: readonly Stated[]): readonly Unresolved[] => {
  const own = ownAddresses(ownNetworks);
  return stated.flatMap(({ path, called, addresses }): readonly Unresolved[] => {
    // All at once first: seldom does anything overlap, and a cluster has as many blocks as nodes.
    if (!overlaps(addresses, own)) return [];
    return ownNetworks
      .flatMap(({ called: whose, cidr }) => {
        const common = firstCommon(addresses, addressesOf([cidr]));
        return common === undefined ? [] : [{ whose, common }];
      })
      .slice(0, 1)
      .map(({ whose, common }) => ({
        reason: "OwnNetworksOverlap",
        path,
        message: `${called} overlaps this cluster's own ${whose} in ${common}`,
      }));
  });
};

const allOf = (networks: readonly { readonly addresses: CidrSet }[]): CidrSet =>
  networks.reduce((all, { addresses }) => union(all, addresses), empty);

const firstCommon = (a: CidrSet, b: CidrSet): string | undefined => {
  const [block] = overlaps(a, b) ? blocks(intersect(a, b)) : [];
  return block && printCidr(block);
};
