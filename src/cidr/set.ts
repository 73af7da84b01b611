import { widths } from "./address.ts";
import type { Address, Family } from "./address.ts";
import { lastOf } from "./block.ts";
import type { Cidr } from "./block.ts";
import * as ranges from "./ranges.ts";
import type { Ranges } from "./ranges.ts";

/** A set of addresses of both families. Immutable and canonical: equal sets are deeply equal values. */
export type CidrSet = Readonly<Record<Family, Ranges>>;

/** No address. */
export const empty: CidrSet = { v4: [], v6: [] };

/** Every address of both families. */
export const everything: CidrSet = {
  v4: [{ first: 0n, last: (1n << BigInt(widths.v4)) - 1n }],
  v6: [{ first: 0n, last: (1n << BigInt(widths.v6)) - 1n }],
};

/** The addresses of all these blocks, which may overlap and come in any order. */
export const setOf = (cidrs: readonly Cidr[]): CidrSet => ({
  v4: rangesIn("v4", cidrs),
  v6: rangesIn("v6", cidrs),
});

/** Every address of either set. */
export const union = (a: CidrSet, b: CidrSet): CidrSet => each(ranges.union, a, b);

/** Every address of any of these sets: sorts once, where a chain of unions would walk the growing set again and again. */
export const unionOf = (sets: readonly CidrSet[]): CidrSet => ({
  v4: ranges.rangesOf(sets.flatMap(({ v4 }) => v4)),
  v6: ranges.rangesOf(sets.flatMap(({ v6 }) => v6)),
});

/** The addresses of `a` that are not in `b`. */
export const subtract = (a: CidrSet, b: CidrSet): CidrSet => each(ranges.subtract, a, b);

/** The addresses that are in both sets. */
export const intersect = (a: CidrSet, b: CidrSet): CidrSet => each(ranges.intersect, a, b);

/** Whether every address of `inner` is in `outer`. */
export const contains = (outer: CidrSet, inner: CidrSet): boolean =>
  ranges.contains(outer.v4, inner.v4) && ranges.contains(outer.v6, inner.v6);

/** Whether the sets have an address in common. */
export const overlaps = (a: CidrSet, b: CidrSet): boolean => ranges.overlaps(a.v4, b.v4) || ranges.overlaps(a.v6, b.v6);

/** Whether the set has no address. */
export const isEmpty = (set: CidrSet): boolean => set.v4.length === 0 && set.v6.length === 0;

/** The lowest address of the set, IPv4 before IPv6: a witness that it is not empty. */
export function firstOf(set: CidrSet): Address | undefined {
  const [v4] = set.v4;
  if (v4 !== undefined) return { family: "v4", value: v4.first };
  const [v6] = set.v6;
  return v6 === undefined ? undefined : { family: "v6", value: v6.first };
}

const rangesIn = (family: Family, cidrs: readonly Cidr[]): Ranges =>
  ranges.rangesOf(
    cidrs.filter((cidr) => cidr.family === family).map((cidr) => ({ first: cidr.first, last: lastOf(cidr) })),
  );

const each = (operation: (a: Ranges, b: Ranges) => Ranges, a: CidrSet, b: CidrSet): CidrSet => ({
  v4: operation(a.v4, b.v4),
  v6: operation(a.v6, b.v6),
});
