import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { Allowance } from "../../../src/egress/allowance.ts";
import { countBlocks, mostBlocks, mostBlocksPerPolicy, split } from "../../../src/egress/split.ts";
import type { Part } from "../../../src/egress/split.ts";

const block = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}/32`;
const allowance = (first: number, count: number, port = 443): Allowance => ({
  peers: [{ namespaceSelector: { matchLabels: { port: String(port) } } }],
  blocks: Array.from({ length: count }, (_, index) => block(first + index)),
  ports: [{ protocol: "TCP", port }],
});
const parts = (egress: readonly Allowance[], ingress: readonly Allowance[] = []): readonly Part[] => {
  const got = split(egress, ingress);
  assert.ok(got !== undefined);
  return got;
};
const sizes = (got: readonly Part[]): readonly number[] =>
  got.map(({ egress, ingress }) => countBlocks(egress) + countBlocks(ingress));

test("what fits one policy stands in one policy, in its order", () => {
  const egress = [allowance(0, mostBlocksPerPolicy - 1)];
  assert.deepEqual(parts(egress, [allowance(70_000, 1)]), [{ part: 1, egress, ingress: [allowance(70_000, 1)] }]);
});

test("one block more makes two policies of about half each", () => {
  const [first = 0, second = 0, ...more] = sizes(parts([allowance(0, mostBlocksPerPolicy)], [allowance(70_000, 1)]));
  assert.deepEqual([first + second, more], [mostBlocksPerPolicy + 1, []]);
  assert.ok(Math.abs(first - second) < 500);
});

test("a zone that allows nothing by address has its one policy all the same", () => {
  assert.deepEqual(parts([]), [{ part: 1, egress: [], ingress: [] }]);
});

test("the parts hold each block once, on its own ports, and no part is too large or has a rule without peers", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 6_000 }), { maxLength: 4 }), (counts) => {
      const egress = counts.map((count, index) => allowance(index * 10_000, count, index + 1));
      const got = parts(egress);
      for (const size of sizes(got)) assert.ok(size <= mostBlocksPerPolicy);
      const rules = got.flatMap((part) => part.egress);
      for (const { peers, blocks } of rules) assert.ok(peers.length + blocks.length > 0);
      for (const { blocks, ports } of egress) {
        const same = rules.filter((rule) => rule.ports[0]?.port === ports[0]?.port);
        assert.deepEqual(same.flatMap((rule) => rule.blocks).toSorted(), blocks.toSorted());
      }
    }),
    { numRuns: 15 },
  );
});

test("peers other than blocks stand in the first policy alone, so no edit of networks moves them", () => {
  const got = parts([allowance(0, 12_000)]);
  assert.deepEqual(
    got.map(({ egress }) => egress.flatMap(({ peers }) => peers).length),
    [1, 0, 0, 0],
  );
});

test("one block more or less changes one policy", () => {
  const before = parts([allowance(0, 12_000)]);
  const after = parts([allowance(0, 12_001)]);
  const changed = after.filter((part, index) => JSON.stringify(part) !== JSON.stringify(before[index]));
  assert.deepEqual([before.length, after.length, changed.length], [4, 4, 1]);
});

test("where the policies double, a block stays in its policy or moves to one that is new", () => {
  const before = parts([allowance(0, mostBlocksPerPolicy)]);
  const after = parts([allowance(0, mostBlocksPerPolicy * 3)]);
  assert.ok(after.length > before.length);
  const partOf = new Map(
    after.flatMap(({ part, egress }) => egress.flatMap((each) => each.blocks.map((cidr) => [cidr, part]))),
  );
  for (const { part, egress } of before)
    for (const cidr of egress.flatMap(({ blocks }) => blocks)) {
      const now = partOf.get(cidr) ?? 0;
      assert.ok(now === part || now > before.length);
    }
});

test("as many blocks as are allowed are split, and one more are not", () => {
  assert.equal(
    sizes(parts([allowance(0, mostBlocks)])).reduce((sum, size) => sum + size),
    mostBlocks,
  );
  assert.equal(split([allowance(0, mostBlocks)], [allowance(100_000, 1)]), undefined);
});
