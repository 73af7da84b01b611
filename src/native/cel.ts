import { refusal, type Reason } from "../api/reasons.ts";

/** A text as a CEL literal. */
export const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** Texts as a CEL list. */
export const list = (texts: readonly string[]): string => `[${texts.map(quote).join(", ")}]`;

/** No text of ours holds it, so it can mark where an expression stands in a sentence. */
const mark = "\u0000";

/** A place in a sentence where the value of a CEL expression (a string) is to stand. */
export const hole = (expression: string): string => `${mark}${expression}${mark}`;

/** A sentence with holes, as a CEL expression. */
export const text = (sentence: string): string =>
  sentence
    .split(mark)
    .map((part, at) => (at % 2 === 0 ? quote(part) : `(${part})`))
    .filter((part) => part !== "''")
    .join(" + ");

/** The sentence of a refusal in CEL, as the webhook would say it; zone, field and what was found may have holes. */
export const denial = (
  reason: Reason,
  { zone, field, found }: { zone: string; field: string; found: string },
): string => text(refusal(zone, { reason, field, found }));

/** Whether any of these fields of the object differs from what it was; holds no matter whether a field is there. */
export const differs = (...fields: readonly string[]): string =>
  fields
    .map((field) => {
      const [now, before] = [`object.${field}`, `oldObject.${field}`];
      return `has(${now}) != has(${before}) || (has(${now}) && ${now} != ${before})`;
    })
    .join(" || ");

/** The value of one of an object's labels or annotations, or an empty text; `map` and `object` are expressions. */
export const valueOf = (map: string, key: string): string => `(${quote(key)} in ${map} ? ${map}[${quote(key)}] : '')`;
