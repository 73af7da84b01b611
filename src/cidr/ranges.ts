/** Sets of addresses of one family. Every function takes and gives canonical sets, in time linear in their size. */

/** Addresses from `first` to `last`, both included. */
export type Range = { readonly first: bigint; readonly last: bigint };

/** A canonical set: sorted, disjoint, and never two ranges that touch, so that equal sets are equal lists. */
export type Ranges = readonly Range[];

/** The canonical set of ranges in any order, which may overlap. */
export function rangesOf(ranges: readonly Range[]): Ranges {
  const out: Range[] = [];
  for (const next of ranges.toSorted((a, b) => compare(a.first, b.first))) {
    const previous = out.at(-1);
    if (previous === undefined || next.first > previous.last + 1n) out.push(next);
    else if (next.last > previous.last) out[out.length - 1] = { first: previous.first, last: next.last };
  }
  return out;
}

/** Every address of either set. The sort is linear: it finds two sorted runs and merges them. */
export const union = (a: Ranges, b: Ranges): Ranges => rangesOf([...a, ...b]);

/** The addresses of `a` that are not in `b`. */
export function subtract(a: Ranges, b: Ranges): Ranges {
  const out: Range[] = [];
  let at = 0;
  for (const { first, last } of a) {
    at = seek(b, first, at);
    let rest = first;
    for (let i = at, hole = b[i]; hole !== undefined && hole.first <= last; hole = b[++i]) {
      if (rest < hole.first) out.push({ first: rest, last: hole.first - 1n });
      rest = hole.last + 1n;
      at = i;
    }
    if (rest <= last) out.push({ first: rest, last });
  }
  return out;
}

/** The addresses that are in both sets. */
export function intersect(a: Ranges, b: Ranges): Ranges {
  const out: Range[] = [];
  let at = 0;
  for (const { first, last } of a) {
    at = seek(b, first, at);
    for (let i = at, other = b[i]; other !== undefined && other.first <= last; other = b[++i]) {
      out.push({ first: max(first, other.first), last: min(last, other.last) });
      at = i;
    }
  }
  return out;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Ranges, inner: Ranges): boolean {
  let at = 0;
  for (const { first, last } of inner) {
    at = seek(outer, first, at);
    const around = outer[at];
    if (around === undefined || around.first > first || around.last < last) return false;
  }
  return true;
}

/** Whether the sets have an address in common. */
export function overlaps(a: Ranges, b: Ranges): boolean {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  let at = 0;
  for (const { first, last } of few) {
    at = seek(many, first, at);
    const next = many[at];
    if (next === undefined) return false;
    if (next.first <= last) return true;
  }
  return false;
}

/**
 * The index, from `from` on, of the first range that ends at or after `address`. It leaps in doubling steps before it
 * searches the last leap, so that a small set against a large one costs a logarithm, and two large ones a walk.
 */
function seek(ranges: Ranges, address: bigint, from: number): number {
  const endsBefore = (index: number): boolean => {
    const range = ranges[index];
    return range !== undefined && range.last < address;
  };
  let step = 1;
  let low = from;
  while (endsBefore(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step - 1, ranges.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endsBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
