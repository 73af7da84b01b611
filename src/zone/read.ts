import type { Structural } from "../api/structural.ts";
import { fields, type Fields } from "./json.ts";
import { meanings, shown } from "./meanings.ts";
import { nearest } from "./nearest.ts";
import type { Problem } from "./problem.ts";

/** A value with the schema's defaults filled in as the API server would, and everything that is wrong with it. */
export type Read = { readonly value: unknown; readonly problems: readonly Problem[] };

/** Reads any JSON by a schema. The value is of the schema's type if there is no problem; never throws. */
export const read = (schema: Structural, raw: unknown, path: string): Read => {
  const known = readKind[schema.type](schema, raw, path);
  if (known.problems.length > 0) return known;
  const broken = (schema.rules ?? []).filter((rule) => rule.holds?.(known.value) === false);
  return {
    value: known.value,
    problems: [
      ...broken.map(({ says, at = "" }) => ({ path: `${path}${at}`, message: says })),
      // A broken rule says more plainly what the meaning would say again.
      ...(schema.meaning === undefined || broken.length > 0 ? [] : meanings[schema.meaning](known.value, path)),
    ],
  };
};

type Reader = (schema: Structural, raw: unknown, path: string) => Read;

const object: Reader = (schema, raw, path) => {
  const given = fields(raw);
  if (given === undefined) return fault(path, `must be an object, and is ${shown(raw)}`);
  if (schema.additionalProperties !== undefined) return record(schema, schema.additionalProperties, given, path);
  const properties = Object.entries(schema.properties ?? {});
  const parts = properties.flatMap(([name, property]): readonly (readonly [string, Read])[] => {
    const inner = `${path}.${name}`;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if ((value === undefined || value === null) && property.default !== undefined)
      return [[name, read(property, structuredClone(property.default), inner)]];
    if (value !== undefined) return [[name, read(property, value, inner)]];
    return schema.required?.includes(name) ? [[name, fault(inner, `is required${choices(property)}`)]] : [];
  });
  const names = properties.map(([name]) => name);
  const strangers = Object.keys(given).filter((name) => !names.includes(name));
  return gather(Object.fromEntries(parts.map(([name, part]) => [name, part.value])), [
    ...parts.flatMap(([, part]) => part.problems),
    ...strangers.map((name) => ({
      path: `${path}.${named(name)}`,
      message: `is not a field here${meant(name, names)}`,
    })),
  ]);
};

const record = (schema: Structural, property: Structural, given: Fields, path: string): Read => {
  const entries = Object.entries(given);
  const { maxProperties = Infinity } = schema;
  if (entries.length > maxProperties)
    return fault(path, `has ${entries.length} entries; at most ${maxProperties} are allowed`);
  const parts = entries.map(([name, value]) => [name, read(property, value, `${path}[${named(name)}]`)] as const);
  return gather(
    Object.fromEntries(parts.map(([name, part]) => [name, part.value])),
    parts.flatMap(([, part]) => part.problems),
  );
};

const array: Reader = (schema, raw, path) => {
  if (!Array.isArray(raw)) return fault(path, `must be a list, and is ${shown(raw)}`);
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (raw.length > maxItems) return fault(path, `has ${raw.length} items; at most ${maxItems} are allowed`);
  if (raw.length < minItems) return fault(path, `needs at least ${minItems === 1 ? "one item" : `${minItems} items`}`);
  if (items === undefined) return { value: raw, problems: [] };
  const parts = raw.map((item, index) => read(items, item, `${path}[${index}]`));
  const values = parts.map(({ value }) => value);
  return gather(values, [...parts.flatMap(({ problems }) => problems), ...repeated(schema, values, path)]);
};

const string: Reader = (schema, raw, path) => {
  if (typeof raw !== "string") return fault(path, `must be text, and is ${shown(raw)}`);
  const { enum: allowed, minLength = 0, maxLength = Infinity } = schema;
  if (allowed !== undefined && !allowed.includes(raw))
    return fault(path, `must be ${oneOf(allowed)}, and is ${shown(raw)}${meant(raw, allowed)}`);
  if ([...raw].length > maxLength) return fault(path, `is longer than ${maxLength} characters`);
  return raw.length < minLength ? fault(path, "must not be empty") : { value: raw, problems: [] };
};

const integer: Reader = (schema, raw, path) => {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (typeof raw === "number" && Number.isSafeInteger(raw) && raw >= minimum && raw <= maximum)
    return { value: raw, problems: [] };
  return fault(path, `must be a whole number from ${minimum} to ${maximum}, and is ${shown(raw)}`);
};

const readKind: Readonly<Record<Structural["type"], Reader>> = { object, array, string, integer };

/** What the API server says of a list that is a set, or a map by some of its items' fields. */
const repeated = (schema: Structural, values: readonly unknown[], path: string): readonly Problem[] => {
  const kind = schema["x-kubernetes-list-type"];
  if (kind !== "set" && kind !== "map") return [];
  const keys = schema["x-kubernetes-list-map-keys"] ?? [];
  const seen = new Map<string, number>();
  return values.flatMap((value, index): readonly Problem[] => {
    const key = JSON.stringify(kind === "set" ? value : keys.map((name) => fields(value)?.[name]));
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    return first === undefined ? [] : [{ path: `${path}[${index}]`, message: `repeats ${path}[${first}]` }];
  });
};

const gather = (value: unknown, problems: readonly Problem[]): Read => ({ value, problems });
const fault = (path: string, message: string): Read => ({ value: undefined, problems: [{ path, message }] });
const choices = ({ enum: allowed }: Structural): string => (allowed === undefined ? "" : `: ${oneOf(allowed)}`);
const oneOf = (allowed: readonly string[]): string =>
  new Intl.ListFormat("en", { type: "disjunction" }).format(allowed);
const named = (name: string): string => (/^[\w./-]{1,64}$/.test(name) ? name : shown(name));
const meant = (given: string, names: readonly string[]): string => {
  const name = nearest(given, names);
  return name === undefined ? "" : `: did you mean ${name}?`;
};
