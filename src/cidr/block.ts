import { isEchoable, printAddress, problemOf, readAddress, unprintable, widths } from "./address.ts";
import type { Address, Family, Unread } from "./address.ts";

/** An aligned block of addresses: its first address, and how many leading bits all its addresses share. */
export type Cidr = { readonly family: Family; readonly first: bigint; readonly prefix: number };

/**
 * The block that `text` spells, or a sentence that says what is wrong and how to mend it; never throws.
 * Refuses what NetworkPolicy validation of Kubernetes 1.36 refuses (host bits, leading zeros, IPv4-mapped addresses,
 * zone ids) and accepts every spelling of IPv6 that CEL's isCIDR accepts; printCidr gives the canonical one.
 */
export function parseCidr(
  text: string,
): { readonly ok: true; readonly block: Cidr } | { readonly ok: false; readonly problem: string } {
  const read = readCidr(text);
  return read.ok ? read : { ok: false, problem: problemOf(text, read) };
}

/** The one canonical spelling of a block, as Kubernetes prints it. */
export const printCidr = ({ family, first, prefix }: Cidr): string =>
  `${printAddress({ family, value: first })}/${prefix}`;

/** The last address of a block. */
export const lastOf = ({ family, first, prefix }: Cidr): bigint =>
  first | ((1n << BigInt(widths[family] - prefix)) - 1n);

/** The block that holds this one address: /32 or /128. */
export const blockOf = ({ family, value }: Address): Cidr => ({ family, first: value, prefix: widths[family] });

function readCidr(text: string): { readonly ok: true; readonly block: Cidr } | Unread {
  if (!isEchoable(text)) return unprintable(text, readCidr);
  const [spelling = "", length, ...rest] = text.split("/");
  if (rest.length > 0) return { ok: false, what: "has more than one slash" };
  const read = readAddress(spelling);
  if (!read.ok) return { ...read, meant: correctedBy(read.meant, spelling, length) };
  const { family, value } = read.address;
  const width = widths[family];
  if (length === undefined)
    return { ok: false, what: "has no prefix length", meant: `${printAddress(read.address)}/${width}` };
  if (!/^\d{1,3}$/.test(length) || Number(length) > width)
    return { ok: false, what: `has no prefix length from 0 to ${width} after the slash` };
  const prefix = Number(length);
  if (String(prefix) !== length)
    return { ok: false, what: "has leading zeros in the prefix length", meant: meantBy(`${spelling}/${prefix}`) };
  const host = BigInt(width - prefix);
  const block = { family, first: (value >> host) << host, prefix };
  return block.first === value
    ? { ok: true, block }
    : { ok: false, what: "has host bits set", meant: printCidr(block) };
}

/** A correction of the address, with the prefix length that then belongs to it. */
function correctedBy(address: string | undefined, spelling: string, length: string | undefined): string | undefined {
  if (address === undefined || length === undefined) return undefined;
  const unmapped = spelling.includes(":") && !address.includes(":");
  return meantBy(`${address}/${unmapped ? Number(length) - 96 : length}`);
}

function meantBy(text: string): string | undefined {
  const read = readCidr(text);
  return read.ok ? printCidr(read.block) : read.meant;
}
