import type { TSchema } from "typebox";
import type { Meaning, Rule } from "./rule.ts";

/**
 * A schema as Kubernetes wants it (structural, OpenAPI v3), with the rules and meanings that stand at each field.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export type Structural = {
  readonly type: "object" | "array" | "string" | "integer";
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Structural>>;
  readonly required?: readonly string[];
  readonly items?: Structural;
  readonly additionalProperties?: Structural;
  readonly "x-kubernetes-list-type"?: "map" | "set" | "atomic";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic";
  readonly rules?: readonly Rule[];
  readonly meaning?: Meaning;
};

/**
 * A TypeBox schema as a structural one. TypeBox says `enum` without `type` and `patternProperties` for records, and
 * requires fields that have a default, which an author may leave out. Throws for a keyword it does not know: such a
 * schema is a fault of ours, and would lose a rule in silence.
 */
export const structural = (schema: TSchema): Structural => {
  const out: Record<string, unknown> = { type: "enum" in schema ? "string" : undefined };
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "properties") out["properties"] = mapValues(value);
    else if (keyword === "items") out["items"] = structural(value);
    else if (keyword === "patternProperties") out["additionalProperties"] = Object.values(mapValues(value))[0];
    else if (keyword === "required") out["required"] = withoutDefaults(schema, value);
    else if (kept.has(keyword)) out[keyword] = value;
    else throw new TypeError(`no structural schema can say "${keyword}"`);
  }
  if (Array.isArray(out["required"]) && out["required"].length === 0) delete out["required"];
  return out as Structural;
};

const kept: ReadonlySet<string> = new Set([
  "type",
  "description",
  "default",
  "enum",
  "format",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "maxProperties",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-map-type",
  "rules",
  "meaning",
] satisfies (keyof Structural)[]);

const mapValues = (schemas: Readonly<Record<string, TSchema>>): Readonly<Record<string, Structural>> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, structural(schema)]));

const withoutDefaults = (
  { properties }: { readonly properties?: Readonly<Record<string, object>> },
  required: readonly string[],
): readonly string[] => required.filter((name) => !("default" in (properties?.[name] ?? {})));
