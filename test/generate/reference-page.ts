import type { Definition } from "../../src/api/definition.ts";
import { apiVersion } from "../../src/api/names.ts";
import { structural, type Structural } from "../../src/api/structural.ts";
import { cell } from "./reasons-page.ts";

/** docs/reference.md: every field of every resource, from the schemas. */
export const referencePage = (definitions: readonly Definition[]): string =>
  `<!-- Written by npm run generate from src/api; edit that. -->

# Reference

The same text is in the cluster: \`kubectl explain ${definitions[0]?.shortName}.spec\`.

${definitions.map(resource).join("\n")}`;

const resource = (definition: Definition): string => {
  const { kind, plural, shortName, columns } = definition;
  const schema = structural(definition.schema);
  const objects = objectsIn(schema, "");
  return `## ${kind}

\`${apiVersion}\`, cluster-scoped, \`kubectl get ${plural}\` or \`${shortName}\`. Columns: ${columns.map(({ name }) => name).join(", ")}.

${cell(schema.description ?? "")}
${rules(schema)}
${objects.map((object) => section(kind, object, objects)).join("\n")}`;
};

/** An object that has fields of its own, and where it stands. */
type Placed = { readonly path: string; readonly schema: Structural };

/** Every such object below a schema, in reading order; metadata is Kubernetes' own. */
const objectsIn = (schema: Structural, path: string): readonly Placed[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (path === "" && name === "metadata") return [];
    const inner = item(property);
    const at = below(path, name, property);
    return inner.properties === undefined ? [] : [{ path: at, schema: inner }, ...objectsIn(inner, at)];
  });

const below = (path: string, name: string, property: Structural): string =>
  `${path}${path === "" ? "" : "."}${name}${property.items === undefined ? "" : "[]"}`;

/** A selector or a port is described once; where it comes again, its first place is named. */
const section = (kind: string, { path, schema }: Placed, objects: readonly Placed[]): string => {
  const first = objects.find(sameShape(schema))?.path ?? path;
  if (objects.some((other) => path.startsWith(`${other.path}.`) && twin(other, objects))) return "";
  const head = `### ${kind}: ${path}\n\n${cell(schema.description ?? "")}\n`;
  if (first !== path) return `${head}\nFields as of \`${first}\`.\n`;
  return `${head}
| Field | Type | Default | Meaning |
| --- | --- | --- | --- |
${Object.entries(schema.properties ?? {})
  .map(([name, property]) => row(schema, name, property))
  .join("\n")}
${rules(schema)}`;
};

const sameShape =
  (schema: Structural) =>
  (other: Placed): boolean =>
    shape(other.schema) === shape(schema);

const shape = ({ properties, rules: stated }: Structural): string => JSON.stringify([properties, stated]);

/** Whether the same shape came before: then what is below it did, too. */
const twin = ({ path, schema }: Placed, objects: readonly Placed[]): boolean =>
  objects.find(sameShape(schema))?.path !== path;

const row = (parent: Structural, name: string, property: Structural): string =>
  `| \`${name}\` | ${typeOf(property)} | ${standard(parent, name, property)} | ${cell(meaning(property))} |`;

const standard = ({ required }: Structural, name: string, property: Structural): string => {
  if (property.default !== undefined) return `\`${JSON.stringify(property.default)}\``;
  return required?.includes(name) ? "required" : "";
};

const typeOf = (schema: Structural): string => {
  switch (schema.type) {
    case "array":
      return `list of ${schema.minItems ?? 0} to ${schema.maxItems}: ${typeOf(item(schema))}${unique(schema)}`;
    case "integer":
      return schema.maximum === undefined ? "number" : `number from ${schema.minimum} to ${schema.maximum}`;
    case "string":
      if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
      return schema.maxLength === undefined ? "text" : `text of at most ${schema.maxLength} characters`;
    case "object":
      return schema.additionalProperties === undefined ? "object" : `at most ${schema.maxProperties} entries of text`;
  }
};

const unique = (schema: Structural): string => {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (keys !== undefined) return `, each ${keys.join(" and ")} once`;
  return schema["x-kubernetes-list-type"] === "set" ? ", each once" : "";
};

/** A field's description and the rules of its values; of an object that has its own section, the first sentence. */
const meaning = (property: Structural): string => {
  const own = item(property);
  const said = property.description ?? "";
  if (own.properties !== undefined) return /^.*?\.(?= |$)/s.exec(said)?.[0] ?? said;
  return [said, ...(own.rules ?? []).map(({ says }) => `It ${says}.`)].join(" ");
};

const rules = (schema: Structural): string =>
  schema.rules === undefined
    ? ""
    : `\nRules:\n\n${schema.rules.map(({ says, at = "" }) => `- ${at === "" ? "" : `\`${at.slice(1)}\` `}${cell(says)}`).join("\n")}\n`;

const item = (schema: Structural): Structural => (schema.items === undefined ? schema : item(schema.items));
