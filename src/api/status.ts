import { Type } from "typebox";

/** A number of things, for a printer column. */
export const count = (description: string) => Type.Integer({ description, format: "int64", minimum: 0 });

const condition = Type.Object(
  {
    type: Type.String({ description: "What is judged, in CamelCase.", maxLength: 63 }),
    status: Type.Enum(["True", "False", "Unknown"], { description: "Whether it holds." }),
    reason: Type.String({
      description: "Why, as one word of the list in docs/reasons.md.",
      maxLength: 63,
      pattern: "^[A-Z][A-Za-z]*$",
    }),
    message: Type.String({ description: "Why, for people: what was found, and what to do next.", maxLength: 32768 }),
    observedGeneration: Type.Optional(
      Type.Integer({ description: "The metadata.generation that was judged.", format: "int64", minimum: 0 }),
    ),
    lastTransitionTime: Type.String({ description: "When status last changed, as RFC 3339.", format: "date-time" }),
  },
  { description: "One judgement of Domicile about this resource." },
);

/** The conditions of a resource, one of each type. */
export const conditionList = (description: string) =>
  Type.Array(condition, {
    description,
    maxItems: 16,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
  });
