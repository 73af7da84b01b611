import { parseSelector } from "./selector.ts";
import type { LabelSelector, Requirements } from "./selector.ts";
import { anyState, isNever, meet, within } from "./states.ts";
import type { States } from "./states.ts";

/**
 * Whether every set of labels that matches `a` matches `b`: exact, and false when Kubernetes would refuse either.
 *
 * A selector is a conjunction, so it constrains each key by itself: the label sets that match it are the product, over
 * all keys, of the states each key may have. A product is within another when it is empty, or when each factor is within
 * the other's factor. Keys that `b` does not speak of may be anything in `b`, so only the keys of `b` are compared.
 */
export function implies(a: LabelSelector, b: LabelSelector): boolean {
  const [left, right] = [parseSelector(a), parseSelector(b)];
  if (!left.ok || !right.ok) return false;
  const [inner, outer] = [byKey(left.requirements), byKey(right.requirements)];
  if (inner.values().some(isNever)) return true;
  return isWithin(inner, outer);
}

/** Label sets as a product: the states that each key may have; a key that is not there may be anything. */
export type Product = ReadonlyMap<string, States>;

/** Whether the one product, in which no key is `never`, lies in the other. */
export const isWithin = (inner: Product, outer: Product): boolean =>
  outer.entries().every(([key, states]) => within(inner.get(key) ?? anyState, states));

/** Requirements as a product: those of one key meet. */
export function byKey(requirements: Requirements): Product {
  const factors = new Map<string, States>();
  for (const { key, states } of requirements) factors.set(key, meet(factors.get(key) ?? anyState, states));
  return factors;
}
