import { widths } from "./address.ts";
import type { Cidr } from "./block.ts";
import type { Range } from "./ranges.ts";
import type { CidrSet } from "./set.ts";

/** The fewest blocks that hold exactly this set: IPv4 before IPv6, each in the order of addresses. */
export const blocks = (set: CidrSet): readonly Cidr[] =>
  (["v4", "v6"] as const).flatMap((family) =>
    set[family].flatMap((range) => blocksOfRange(range, widths[family]).map((block) => ({ family, ...block }))),
  );

/**
 * The fewest aligned blocks that hold exactly this range of addresses of `width` bits. Taking the largest block that
 * is aligned and fits, again and again, is optimal; ranges of a canonical set never touch, so none can share a block.
 */
export function blocksOfRange({ first, last }: Range, width: number): readonly Pick<Cidr, "first" | "prefix">[] {
  const out: Pick<Cidr, "first" | "prefix">[] = [];
  for (let at = first; at <= last;) {
    const aligned = at === 0n ? width : floorLog2(at & -at);
    const host = Math.min(aligned, floorLog2(last - at + 1n));
    out.push({ first: at, prefix: width - host });
    at += 1n << BigInt(host);
  }
  return out;
}

const floorLog2 = (value: bigint): number => value.toString(2).length - 1;
