import { Type } from "typebox";
import { rule } from "./rule.ts";

const isName = "!format.qualifiedName().validate(self.key).hasValue()";

const requirement = Type.Object(
  {
    key: Type.String({
      description: "The label's key. Example: app.kubernetes.io/name.",
      minLength: 1,
      maxLength: 317,
    }),
    operator: Type.Enum(["In", "NotIn", "Exists", "DoesNotExist"], {
      description: "How the label is compared. In and NotIn need values; Exists and DoesNotExist take none.",
    }),
    values: Type.Optional(
      Type.Array(Type.String({ description: "A label value.", maxLength: 63 }), {
        description: "Values to compare with, at most 16.",
        maxItems: 16,
        "x-kubernetes-list-type": "atomic",
      }),
    ),
  },
  {
    description: "One comparison of one label.",
    rules: [
      rule({ cel: isName, says: "must be a label key: [prefix/]name", at: ".key" }),
      rule({
        cel: "(self.operator in ['In', 'NotIn']) == (has(self.values) && self.values.size() > 0)",
        says: "must hold at least one value with In and NotIn, and none with Exists and DoesNotExist",
        at: ".values",
      }),
      rule({
        cel: "!has(self.values) || self.values.all(v, !format.labelValue().validate(v).hasValue())",
        says: "must hold label values: letters, digits, -, _ and ., with a letter or digit at both ends",
        at: ".values",
      }),
    ],
  },
);

/** A label selector as Kubernetes means it, bounded. An empty one matches everything. */
export const labelSelector = (description: string, options: { readonly default?: unknown } = {}) =>
  Type.Object(
    {
      matchLabels: Type.Optional(
        Type.Record(Type.String(), Type.String({ description: "The label's value.", maxLength: 63 }), {
          description: "Labels that must be there with these values, at most 16.",
          maxProperties: 16,
        }),
      ),
      matchExpressions: Type.Optional(
        Type.Array(requirement, {
          description: "Comparisons that must all hold, at most 8.",
          maxItems: 8,
          "x-kubernetes-list-type": "atomic",
        }),
      ),
    },
    {
      description,
      ...options,
      meaning: "labelSelector",
      "x-kubernetes-map-type": "atomic",
      rules: [
        rule({
          cel: "!has(self.matchLabels) || self.matchLabels.all(k, !format.qualifiedName().validate(k).hasValue() && !format.labelValue().validate(self.matchLabels[k]).hasValue())",
          says: "must hold label keys ([prefix/]name) and label values",
          at: ".matchLabels",
        }),
      ],
    },
  );
