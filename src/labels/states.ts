/**
 * What a selector lets one key be: absent or not, and which values. A requirement is such a set, two of one key meet in
 * their intersection, and label values are too many for a list to name them all, so "except" is never empty.
 */
export type States = {
  readonly absent: boolean;
  readonly rule: "only" | "except";
  readonly values: ReadonlySet<string>;
};

/** A key that no requirement speaks of. */
export const anyState: States = { absent: true, rule: "except", values: new Set() };

/** Whether a key with this value, or without one when undefined, is in the set. */
export const admits = ({ absent, rule, values }: States, value: string | undefined): boolean =>
  value === undefined ? absent : values.has(value) === (rule === "only");

/** Whether no state is in the set: a selector with such a key matches nothing. */
export const isNever = ({ absent, rule, values }: States): boolean => !absent && rule === "only" && values.size === 0;

/** The states that are in both sets. */
export function meet(a: States, b: States): States {
  const absent = a.absent && b.absent;
  if (a.rule === "only") return { absent, rule: "only", values: keep(a.values, (value) => admits(b, value)) };
  if (b.rule === "only") return meet(b, a);
  return { absent, rule: "except", values: a.values.union(b.values) };
}

/** Whether every state of `inner` is in `outer`. */
export function within(inner: States, outer: States): boolean {
  if (inner.absent && !outer.absent) return false;
  if (inner.rule === "only") return keep(inner.values, (value) => !admits(outer, value)).size === 0;
  return outer.rule === "except" && outer.values.isSubsetOf(inner.values);
}

/** The states of `a` that are not in `b`. */
export const without = (a: States, b: States): States =>
  meet(a, { absent: !b.absent, rule: b.rule === "only" ? "except" : "only", values: b.values });

const keep = (values: ReadonlySet<string>, wanted: (value: string) => boolean): ReadonlySet<string> =>
  new Set([...values].filter(wanted));
