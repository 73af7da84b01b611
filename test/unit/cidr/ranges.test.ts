import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { blocksOfRange } from "../../../src/cidr/blocks.ts";
import { contains, intersect, overlaps, rangesOf, subtract, union } from "../../../src/cidr/ranges.ts";
import type { Ranges } from "../../../src/cidr/ranges.ts";

/** A universe small enough to be counted: addresses of six bits. */
const width = 6;
const size = 1 << width;
const universe = Array.from({ length: size }, (_, address) => BigInt(address));

const range = fc
  .tuple(fc.bigInt(0n, BigInt(size - 1)), fc.bigInt(0n, BigInt(size - 1)))
  .map(([a, b]) => (a < b ? { first: a, last: b } : { first: b, last: a }));
const scattered = fc.array(
  fc.bigInt(0n, BigInt(size - 1)).map((at) => ({ first: at, last: at })),
  { maxLength: 40 },
);
const ranges = fc.oneof(fc.array(range, { maxLength: 6 }), scattered).map(rangesOf);

const has = (set: Ranges, address: bigint): boolean =>
  set.some(({ first, last }) => first <= address && address <= last);

/** Checks that a set is canonical and holds exactly the addresses that `wanted` names. */
function isExactly(set: Ranges, wanted: (address: bigint) => boolean): void {
  assert.deepEqual(
    universe.filter((address) => has(set, address)),
    universe.filter(wanted),
  );
  for (const [index, { first, last }] of set.entries()) {
    assert.ok(first <= last);
    const next = set[index + 1];
    assert.ok(next === undefined || last + 1n < next.first, "ranges are sorted and never touch");
  }
}

test("ranges in any order become the canonical set of the same addresses", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (all) => {
      isExactly(rangesOf(all), (address) => has(all, address));
    }),
  );
});

test("union, intersection and difference hold exactly the right addresses and are canonical", () => {
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      isExactly(union(a, b), (address) => has(a, address) || has(b, address));
      isExactly(intersect(a, b), (address) => has(a, address) && has(b, address));
      isExactly(subtract(a, b), (address) => has(a, address) && !has(b, address));
    }),
    { numRuns: 500 },
  );
});

test("containment and overlap agree with counting", () => {
  const pair = fc.oneof(
    fc.tuple(ranges, ranges),
    fc.tuple(ranges, ranges).map(([a, b]): [Ranges, Ranges] => [union(a, b), b]),
    fc.tuple(ranges, ranges).map(([a, b]): [Ranges, Ranges] => [subtract(a, b), b]),
  );
  fc.assert(
    fc.property(pair, ([a, b]) => {
      assert.equal(
        contains(a, b),
        universe.every((address) => !has(b, address) || has(a, address)),
      );
      assert.equal(
        overlaps(a, b),
        universe.some((address) => has(a, address) && has(b, address)),
      );
      assert.equal(overlaps(b, a), overlaps(a, b));
    }),
    { numRuns: 500 },
  );
});

test("the blocks of every range of the universe hold exactly that range, aligned, and no fewer would do", () => {
  for (const first of universe)
    for (const last of universe.slice(Number(first))) {
      const made = blocksOfRange({ first, last }, width);
      let next = first;
      for (const block of made) {
        const length = 1n << BigInt(width - block.prefix);
        assert.equal(block.first, next, "blocks follow each other");
        assert.equal(block.first % length, 0n, "blocks are aligned");
        next += length;
      }
      assert.equal(next, last + 1n);
      assert.equal(made.length, fewest(first, last));
    }
});

/** The size of the smallest exact cover: a block of the tree is taken whole, left out, or split in two. */
function fewest(first: bigint, last: bigint, at = 0n, bits = width): number {
  const end = at + (1n << BigInt(bits)) - 1n;
  if (last < at || end < first) return 0;
  if (first <= at && end <= last) return 1;
  const half = 1n << BigInt(bits - 1);
  return fewest(first, last, at, bits - 1) + fewest(first, last, at + half, bits - 1);
}
