import type { Definition } from "./definition.ts";
import { group, version } from "./names.ts";
import type { Rule } from "./rule.ts";
import { structural, type Structural } from "./structural.ts";

/** The CustomResourceDefinition of a resource, ready to be written as YAML. Throws only for a schema of ours that is at fault. */
export const crd = ({ kind, plural, singular, shortName, schema, columns }: Definition) => {
  const whole = structural(schema);
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Cluster",
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames: [shortName], categories: ["domicile"] },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(whole.properties?.["status"] === undefined ? {} : { subresources: { status: {} } }),
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: openApi(whole) },
        },
      ],
    },
  };
};

/** A structural schema as the API server reads it: rules in CEL, and without what only Domicile understands. */
const openApi = (schema: Structural): Readonly<Record<string, unknown>> => {
  const { rules, meaning: _, properties, items, additionalProperties, type, description, ...rest } = schema;
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...rest,
    ...(rules === undefined ? {} : { "x-kubernetes-validations": rules.map(validation) }),
    ...(items === undefined ? {} : { items: openApi(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: openApi(additionalProperties) }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, openApi(value)])) }),
  };
};

const validation = ({ cel, says, at }: Rule) => ({
  rule: cel,
  message: says,
  ...(at === undefined ? {} : { fieldPath: at }),
});
