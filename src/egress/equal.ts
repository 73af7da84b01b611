import type { NetworkPolicy } from "../api/kubernetes.ts";
import type { PolicyFacts } from "../zone/facts.ts";

/**
 * Whether a live policy is what was compiled: its whole spec, and our labels; labels of others are their business.
 * Specs are compared as the API server stores them: an empty list or an empty matchLabels is the same as none, and a
 * port without a protocol is TCP. Anything else that differs, also a field not known here, is a difference.
 */
export const samePolicy = (live: PolicyFacts, wanted: NetworkPolicy): boolean =>
  live.namespace === wanted.metadata.namespace &&
  live.name === wanted.metadata.name &&
  Object.entries(wanted.metadata.labels).every(([key, value]) => own(live.labels, key) === value) &&
  same("spec", live.spec, wanted.spec);

function same(field: string, a: unknown, b: unknown): boolean {
  const [left, right] = [stored(field, a), stored(field, b)];
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same("", item, right[index]));
  if (!isRecord(left) || !isRecord(right)) return left === right;
  // Keys of labels are a user's words, not fields: a label may be called `protocol`.
  const fieldOf = (key: string): string => (field === "matchLabels" ? "" : key);
  return Object.keys({ ...left, ...right }).every((key) => same(fieldOf(key), own(left, key), own(right, key)));
}

/** A field's value as stored; undefined where the API server would leave the field out. */
function stored(field: string, value: unknown): unknown {
  if (value === undefined || value === null) return field === "protocol" ? "TCP" : undefined;
  if (Array.isArray(value) && value.length === 0) return undefined;
  // An empty namespaceSelector or podSelector is not left out: it means every namespace, every pod.
  if (field === "matchLabels" && isRecord(value) && Object.keys(value).length === 0) return undefined;
  return value;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Labels may be called `constructor`, so only own properties count. */
const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;
