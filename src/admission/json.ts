/** A JSON object of which nothing is known yet. Keys are its own: `__proto__` from a body is a key like any other. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object: not null, and no list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Pod templates nest some twenty levels deep; a hundred is nobody's, and far from what a stack holds. */
const deepest = 100;

/** Whether two JSON values are equal, whatever the order of keys. What nests too deep to tell is not. */
export const sameJson = (left: unknown, right: unknown, depth = 0): boolean => {
  if (left === right) return true;
  if (depth > deepest) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index], depth + 1));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key], depth + 1))
  );
};
