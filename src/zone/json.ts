/** A JSON object whose fields nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object, or undefined for anything else, lists and null included. */
export const fields = (value: unknown): Fields | undefined => (isObject(value) ? value : undefined);

/** A field of an object, its own and never its prototype's; undefined when there is none. */
export const field = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** The value as text, or undefined for anything else and for empty text, which Kubernetes takes for absent. */
export const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The texts of a list; what is not text is left out. */
export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];

/** The items of a list, or none. */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The text entries of an object such as labels. `__proto__` stays an entry like any other. */
export const textEntries = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fields(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );

/** Whether a JSON value is an object: not null, and no list. */
export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
