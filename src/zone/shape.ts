import { isObject } from "./json.ts";
import type { Problem } from "./problem.ts";

/** What is wrong with a value, by its path from there, or undefined when it has the shape. */
export type Shape = (value: unknown) => Problem | undefined;

/** A string. */
export const text: Shape = (value) =>
  typeof value === "string" ? undefined : { path: "", message: "is not a string" };

/** True or false. */
export const flag: Shape = (value) =>
  typeof value === "boolean" ? undefined : { path: "", message: "is neither true nor false" };

/** The shape, or nothing. */
export const maybe =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : shape(value);

/** The shape, or nothing, or null, which Go writes for a list or map that is empty. */
export const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || value === null ? undefined : shape(value);

/** An object whose named fields have these shapes; others are not looked at. */
export const fields = (table: Readonly<Record<string, Shape>>): Shape => {
  const entries = Object.entries(table);
  return (value) => {
    if (!isObject(value)) return { path: "", message: "is not an object" };
    for (const [name, shape] of entries) {
      const problem = shape(value[name]);
      if (problem !== undefined) return under(`.${name}`, problem);
    }
    return undefined;
  };
};

/** An object whose every value has this shape. */
export const mapOf =
  (shape: Shape): Shape =>
  (value) => {
    if (!isObject(value)) return { path: "", message: "is not an object" };
    for (const [key, item] of Object.entries(value)) {
      const problem = shape(item);
      if (problem !== undefined) return under(`[${key}]`, problem);
    }
    return undefined;
  };

/** A list whose every item has this shape. */
export const listOf =
  (shape: Shape): Shape =>
  (value) => {
    if (!Array.isArray(value)) return { path: "", message: "is not a list" };
    for (const [index, item] of value.entries()) {
      const problem = shape(item);
      if (problem !== undefined) return under(`[${index}]`, problem);
    }
    return undefined;
  };

/** A problem as seen from whoever holds the value. Only who has a problem pays for its path: almost nobody does. */
export const under = (step: string, { path, message }: Problem): Problem => ({ path: `${step}${path}`, message });
