import { widths } from "../cidr/address.ts";
import { printCidr } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import { intersect, isEmpty, setOf } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { specialIn, specials } from "../cidr/special.ts";
import type { Problem } from "../zone/problem.ts";
import type { Network, RemoteCluster, Zone } from "../zone/zone.ts";

const forbidden = setOf(specials.map(({ block }) => block));

/**
 * Everything in a zone or its clusters that would turn into a rule wider than what was meant. Parsing refuses all of it
 * already; a second look is cheap, and here a slip of the parser would open a country's data to the world.
 */
export const unsound = (zone: Zone, clusters: readonly RemoteCluster[]): readonly Problem[] => [
  ...networkProblems("spec.egress.networks", zone.egress.networks),
  ...clusters.flatMap(({ name, networks }) => networkProblems(`RemoteCluster ${name} spec.networks`, networks)),
  ...zone.ingress.from.flatMap((peer, index) =>
    peer.kind === "addresses" ? addressProblems(`spec.ingress.from[${index}].cidrs`, peer.addresses) : [],
  ),
  ...zone.egress.dns.nodeLocalAddresses
    .filter(({ family, prefix }) => prefix !== widths[family])
    .map((block) => ({
      path: "spec.egress.dns.nodeLocalAddresses",
      message: `${printCidr(block)} is not one address`,
    })),
];

const networkProblems = (path: string, networks: readonly Network[]): readonly Problem[] =>
  networks.flatMap(({ addresses, ports }, index) => [
    ...addressProblems(`${path}[${index}].cidrs`, addresses),
    ...(ports.length === 0
      ? [{ path: `${path}[${index}].ports`, message: "must name at least one port: no ports would mean every port" }]
      : []),
  ]);

function addressProblems(path: string, addresses: CidrSet): readonly Problem[] {
  if (isEmpty(addresses)) return [{ path, message: "must name at least one block: no block would mean everywhere" }];
  return blocks(intersect(addresses, forbidden)).map((block) => ({
    path,
    message: `${printCidr(block)} is ${specialIn(block)?.name ?? "special"} and can never be approved`,
  }));
}
