/** A JSON object of which nothing is known yet. Keys are its own: `__proto__` from a body is a key like any other. */
export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
