import type { Allowance } from "./allowance.ts";
import { isEmpty } from "./allowance.ts";

/** What one allowing policy holds. `part` counts from 1 and is kept by the policy's name. */
export type Part = {
  readonly part: number;
  readonly egress: readonly Allowance[];
  readonly ingress: readonly Allowance[];
};

/**
 * Blocks in one policy. Run on Kubernetes 1.36.3 and etcd 3.6.14: a block is stored in up to 48 bytes (IPv6) or 24
 * (IPv4), etcd takes requests of 1.5 MiB, so 32,000 IPv6 blocks are stored and 35,000 are "too large", 72,000 IPv4
 * blocks are and 80,000 are not. 5,000 make 0.33 MB of JSON and 0.24 MB stored at most: far from the limit whatever else
 * the object carries, quick to write (50 ms), and an edit sends agents on nodes one such part and not the whole.
 */
export const mostBlocksPerPolicy = 5_000;

/**
 * Blocks in all policies of a namespace. The kernel's ipset, by which most enforcers hold them, takes 65,536 entries
 * unless told otherwise, and an enforcer whose set overflows may enforce nothing. Every zone namespace has a copy.
 */
export const mostBlocks = 50_000;

/** More parts are never needed for `mostBlocks`, unless somebody chose blocks that fall into one bucket. */
const mostParts = 64;

/**
 * The allowances over as few parts as hold them, or undefined when no number of parts does. A block's part is a hash of
 * the block over a power of two: an edit changes the part of that block alone, and where the number of parts doubles a
 * block stays or moves from part n to a part that is new. Part 1 has every other peer and is always there.
 */
export function split(egress: readonly Allowance[], ingress: readonly Allowance[]): readonly Part[] | undefined {
  const count = countBlocks(egress) + countBlocks(ingress);
  if (count > mostBlocks) return undefined;
  const parts = count <= mostBlocksPerPolicy ? 1 : partsFor([...egress, ...ingress].flatMap(({ blocks }) => blocks));
  if (parts === undefined) return undefined;
  const [out, into] = [spread(egress, parts), spread(ingress, parts)];
  return Array.from({ length: parts }, (_, index) => ({
    part: index + 1,
    egress: out[index] ?? [],
    ingress: into[index] ?? [],
  })).filter((each) => each.part === 1 || each.egress.length + each.ingress.length > 0);
}

/** The fewest parts, a power of two, of which none gets too many blocks. */
function partsFor(blocks: readonly string[]): number | undefined {
  const hashes = blocks.map(hash);
  for (let parts = 1; parts <= mostParts; parts *= 2) {
    const sizes = Array<number>(parts).fill(0);
    for (const value of hashes) sizes[value & (parts - 1)] = (sizes[value & (parts - 1)] ?? 0) + 1;
    if (Math.max(...sizes) <= mostBlocksPerPolicy) return parts;
  }
  return undefined;
}

/** What each part gets of these allowances, without those of which it gets nothing. */
function spread(allowances: readonly Allowance[], parts: number): readonly (readonly Allowance[])[] {
  const out = Array.from({ length: parts }, (): Allowance[] => []);
  for (const { peers, blocks, ports } of allowances) {
    const buckets = Array.from({ length: parts }, (): string[] => []);
    for (const block of blocks) buckets[hash(block) & (parts - 1)]?.push(block);
    for (const [index, bucket] of buckets.entries()) {
      const share = { peers: index === 0 ? peers : [], blocks: bucket, ports };
      if (!isEmpty(share)) out[index]?.push(share);
    }
  }
  return out;
}

/** The blocks of all these allowances. */
export const countBlocks = (allowances: readonly Allowance[]): number =>
  allowances.reduce((sum, { blocks }) => sum + blocks.length, 0);

/** FNV-1a, 32 bits, its halves folded because the low bits alone decide. */
function hash(text: string): number {
  let value = 0x811c_9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x0100_0193);
  return (value ^ (value >>> 16)) >>> 0;
}
