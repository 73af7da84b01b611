import type { Definition, Stored } from "../api/definition.ts";
import { apiVersion } from "../api/names.ts";
import { structural, type Structural } from "../api/structural.ts";
import { field, fields, text } from "./json.ts";
import { shown } from "./meanings.ts";
import type { Parsed, Problem } from "./problem.ts";
import { read } from "./read.ts";

/** A resource's name, and its spec with every default filled in. */
export type Resource<D> = { readonly name: string; readonly spec: Specified<D> };

type Specified<D> = Stored<D> extends { spec: infer S } ? S : never;

/**
 * A reader of resources of one kind: raw JSON to name and spec, or every problem there is. It judges apiVersion and
 * kind where they are given, metadata.name and spec; other metadata and status are not what a person states.
 * `across` judges fields against each other, in a spec of which any part may be missing or malformed.
 */
export const resourceReader = <D extends Definition>(
  definition: D,
  across: (spec: unknown) => readonly Problem[] = () => [],
): ((raw: unknown) => Parsed<Resource<D>>) => {
  const schema = structural(definition.schema);
  return (raw) => {
    const name = text(field(field(raw, "metadata"), "name"));
    const spec = readSpec(schema, raw);
    const problems = [
      ...expected(raw, "apiVersion", apiVersion),
      ...expected(raw, "kind", definition.kind),
      ...(name === undefined ? [{ path: "metadata.name", message: "is required" }] : ownName(schema, name)),
      ...spec.problems,
      ...across(spec.value),
    ];
    if (problems.length > 0 || name === undefined) return { ok: false, problems };
    return { ok: true, value: { name, spec: spec.value as Specified<D> } };
  };
};

const readSpec = (schema: Structural, raw: unknown) => {
  if (fields(raw) === undefined) return { value: undefined, problems: [{ path: "", message: "must be an object" }] };
  const spec = schema.properties?.["spec"];
  const given = field(raw, "spec");
  if (spec === undefined || given === undefined)
    return { value: undefined, problems: [{ path: "spec", message: "is required" }] };
  return read(spec, given, "spec");
};

/** The root's rules speak of metadata.name alone, for CEL sees nothing else of metadata. */
const ownName = (schema: Structural, name: string): readonly Problem[] =>
  (schema.rules ?? [])
    .filter((rule) => rule.holds?.({ metadata: { name } }) === false)
    .map(({ says }) => ({ path: "metadata.name", message: says }));

const expected = (raw: unknown, name: string, wanted: string): readonly Problem[] => {
  const given = field(raw, name);
  return given === undefined || given === wanted
    ? []
    : [{ path: name, message: `must be ${wanted}, and is ${shown(given)}` }];
};
