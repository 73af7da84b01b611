import assert from "node:assert/strict";
import { test } from "node:test";
import { containsCidr, excludeCidr, mergeCidr, overlapCidr } from "cidr-tools";
import * as fc from "fast-check";
import { printAddress } from "../../../src/cidr/address.ts";
import { parseCidr, printCidr } from "../../../src/cidr/block.ts";
import type { Cidr } from "../../../src/cidr/block.ts";
import { blocks } from "../../../src/cidr/blocks.ts";
import * as sets from "../../../src/cidr/set.ts";
import type { CidrSet } from "../../../src/cidr/set.ts";

const blockIn = (family: "v4" | "v6", base: bigint, shortest: number, longest: number): fc.Arbitrary<Cidr> =>
  fc.tuple(fc.bigInt(0n, 255n), fc.integer({ min: shortest, max: longest })).map(([offset, prefix]) => {
    const host = BigInt(longest - prefix);
    return { family, first: ((base + offset) >> host) << host, prefix };
  });

/** Blocks of 203.0.113.0/24 and 2001:db8::/120: two small universes, one of each family. */
const cidrs = fc.array(fc.oneof(blockIn("v4", 0xcb00_7100n, 24, 32), blockIn("v6", 0x2001_0db8n << 96n, 120, 128)), {
  maxLength: 12,
});

const printed = (set: CidrSet): readonly string[] => blocks(set).map(printCidr);
const texts = (list: readonly Cidr[]): string[] => list.map(printCidr);

const read = (...list: readonly string[]): CidrSet =>
  sets.setOf(
    list.map((text) => {
      const parsed = parseCidr(text);
      assert.ok(parsed.ok, text);
      return parsed.block;
    }),
  );

test("the blocks of a set are what cidr-tools merges its members to", () => {
  fc.assert(
    fc.property(cidrs, (list) => {
      assert.deepEqual([...printed(sets.setOf(list))].toSorted(), mergeCidr(texts(list)).toSorted());
    }),
  );
});

test("difference, containment and overlap agree with cidr-tools", () => {
  fc.assert(
    fc.property(cidrs, cidrs, (left, right) => {
      const [a, b] = [sets.setOf(left), sets.setOf(right)];
      const difference = excludeCidr(texts(left), texts(right));
      assert.deepEqual([...printed(sets.subtract(a, b))].toSorted(), difference.toSorted());
      // containsCidr looks for one member around each, so it must be given merged members.
      if (right.length > 0) assert.equal(sets.contains(a, b), containsCidr(mergeCidr(texts(left)), texts(right)));
      assert.equal(sets.overlaps(a, b), overlapCidr(texts(left), texts(right)));
    }),
  );
});

test("the algebra is closed: equal sets are equal values, however they were made", () => {
  fc.assert(
    fc.property(cidrs, cidrs, (left, right) => {
      const [a, b] = [sets.setOf(left), sets.setOf(right)];
      assert.deepEqual(sets.union(a, b), sets.setOf([...right, ...left]));
      assert.deepEqual(sets.intersect(a, b), sets.subtract(a, sets.subtract(a, b)));
      assert.deepEqual(sets.union(sets.subtract(a, b), sets.intersect(a, b)), a);
      assert.deepEqual(sets.subtract(sets.everything, sets.subtract(sets.everything, a)), a);
      assert.deepEqual(sets.setOf(blocks(a)), a);
      assert.equal(sets.contains(a, b), sets.isEmpty(sets.subtract(b, a)));
      assert.equal(sets.overlaps(a, b), !sets.isEmpty(sets.intersect(a, b)));
    }),
  );
});

test("the union of many sets is the set of all their blocks", () => {
  fc.assert(
    fc.property(fc.array(cidrs, { maxLength: 5 }), (lists) => {
      assert.deepEqual(sets.unionOf(lists.map(sets.setOf)), sets.setOf(lists.flat()));
    }),
  );
});

test("the empty set is in every set, and every set is in everything", () => {
  fc.assert(
    fc.property(cidrs.map(sets.setOf), (set) => {
      assert.ok(sets.contains(set, sets.empty));
      assert.ok(sets.contains(sets.everything, set));
      assert.deepEqual(sets.union(set, sets.empty), set);
      assert.deepEqual(sets.intersect(set, sets.everything), set);
    }),
  );
});

test("E5 a set of one family never speaks for the other", () => {
  assert.ok(!sets.contains(read("0.0.0.0/0"), read("::/128")));
  assert.ok(!sets.contains(read("::/0"), read("10.0.0.0/8")));
  assert.ok(!sets.overlaps(read("0.0.0.0/0"), read("::/0")));
});

test("everything is one block of each family, and takes a hole apart into its neighbours", () => {
  assert.deepEqual(printed(sets.everything), ["0.0.0.0/0", "::/0"]);
  assert.deepEqual(printed(sets.subtract(read("10.0.0.0/29"), read("10.0.0.3/32"))), [
    "10.0.0.0/31",
    "10.0.0.2/32",
    "10.0.0.4/30",
  ]);
  assert.deepEqual(printed(read("10.0.0.128/25", "10.0.0.0/25", "10.0.0.7/32")), ["10.0.0.0/24"]);
});

const witness = (set: CidrSet): string | undefined => {
  const first = sets.firstOf(set);
  return first === undefined ? undefined : printAddress(first);
};

test("the first address of a set is a witness, IPv4 before IPv6", () => {
  assert.equal(witness(read("2001:db8::/32", "10.9.0.0/16", "10.8.0.0/16")), "10.8.0.0");
  assert.equal(witness(read("2001:db8::/32")), "2001:db8::");
  assert.equal(witness(sets.empty), undefined);
});

const everySecond = (index: number): Cidr => ({ family: "v4", first: 0x0b00_0000n + BigInt(index) * 2n, prefix: 32 });

test("sets of 100,000 blocks are merged, compared and taken apart", () => {
  const many = Array.from({ length: 100_000 }, (_, index) => everySecond((index * 7919) % 100_000));
  const set = sets.setOf(many);
  const half = sets.setOf(many.slice(0, 50_000));
  assert.equal(set.v4.length, 100_000);
  assert.ok(sets.contains(set, half));
  assert.equal(blocks(sets.subtract(set, half)).length, 50_000);
  assert.deepEqual(sets.union(half, sets.subtract(set, half)), set);
});
