import type { Family } from "./address.ts";
import { lastOf, printCidr } from "./block.ts";
import type { Cidr } from "./block.ts";

/** A range that no zone may approve: `name` reads well after "is" or "overlaps", `cidr` is canonical. */
export type Special = { readonly name: string; readonly cidr: string; readonly source: string; readonly block: Cidr };

/** Whoever reaches it gets the credentials of the machine. Where it is link-local, that range holds it. */
const metadata = "instance metadata, which hands out credentials";

/** The ranges that can never be approved, in the order of addresses. */
export const specials: readonly Special[] = [
  special("v4", 0n, 8, "this network (unspecified)", "RFC 1122 section 3.2.1.3"),
  special("v4", 0x6464_64c8n, 32, metadata, "Alibaba Cloud, ECS instance metadata"),
  special("v4", 0x7f00_0000n, 8, "loopback", "RFC 1122 section 3.2.1.3"),
  special("v4", 0xa83f_8110n, 32, metadata, "Microsoft Azure, what 168.63.129.16 is"),
  special("v4", 0xa9fe_0000n, 16, "link-local, which holds instance metadata", "RFC 3927"),
  special("v4", 0xc000_00c0n, 32, metadata, "Oracle Cloud Infrastructure Classic, instance metadata"),
  special("v4", 0xe000_0000n, 4, "multicast", "RFC 5771"),
  special("v4", 0xffff_ffffn, 32, "broadcast", "RFC 919 section 7"),
  special("v6", 0n, 128, "unspecified", "RFC 4291 section 2.5.2"),
  special("v6", 1n, 128, "loopback", "RFC 4291 section 2.5.3"),
  special("v6", 0xffffn << 32n, 96, "IPv4-mapped", "RFC 4291 section 2.5.5.2"),
  special("v6", 0x0064_ff9bn << 96n, 96, "NAT64, which reaches all of IPv4", "RFC 6052 section 2.1"),
  special("v6", 0x0064_ff9b_0001n << 80n, 48, "local-use NAT64, which reaches all of IPv4", "RFC 8215"),
  special("v6", (0xfd00_00c1n << 96n) | 0xa9fe_a9fen, 128, metadata, "Oracle Cloud Infrastructure, metadata over IPv6"),
  special("v6", (0xfd00_0ec2n << 96n) | 0x254n, 128, metadata, "Amazon Web Services, IMDS over IPv6"),
  special("v6", (0xfd20_00cen << 96n) | 0x254n, 128, metadata, "Google Cloud, metadata server over IPv6"),
  special("v6", 0xfe80n << 112n, 10, "link-local", "RFC 4291 section 2.5.6"),
  special("v6", 0xff00n << 112n, 8, "multicast", "RFC 4291 section 2.7"),
];

/** The first of the ranges that can never be approved that `block` overlaps, if any. */
export const specialIn = (block: Cidr): Special | undefined =>
  specials.find(
    (special) =>
      special.block.family === block.family &&
      special.block.first <= lastOf(block) &&
      block.first <= lastOf(special.block),
  );

function special(family: Family, first: bigint, prefix: number, name: string, source: string): Special {
  const block = { family, first, prefix };
  return { name, cidr: printCidr(block), source, block };
}
