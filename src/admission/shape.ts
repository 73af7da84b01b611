import type { Problem } from "../zone/problem.ts";
import { isObject } from "./json.ts";

/** What is wrong with a value at a path, or undefined when it has the shape. */
export type Shape = (value: unknown, path: string) => Problem | undefined;

/** A string. */
export const text: Shape = (value, path) =>
  typeof value === "string" ? undefined : { path, message: "is not a string" };

/** True or false. */
export const flag: Shape = (value, path) =>
  typeof value === "boolean" ? undefined : { path, message: "is neither true nor false" };

/** The shape, or nothing. */
export const maybe =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined ? undefined : shape(value, path);

/** The shape, or nothing, or null, which Go writes for a list or map that is empty. */
export const nullable =
  (shape: Shape): Shape =>
  (value, path) =>
    value === undefined || value === null ? undefined : shape(value, path);

/** An object whose named fields have these shapes; others are not looked at. */
export const fields =
  (table: Readonly<Record<string, Shape>>): Shape =>
  (value, path) => {
    if (!isObject(value)) return { path, message: "is not an object" };
    for (const [name, shape] of Object.entries(table)) {
      const problem = shape(value[name], `${path}.${name}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** An object whose every value has this shape. */
export const mapOf =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!isObject(value)) return { path, message: "is not an object" };
    for (const [key, item] of Object.entries(value)) {
      const problem = shape(item, `${path}[${key}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** A list whose every item has this shape. */
export const listOf =
  (shape: Shape): Shape =>
  (value, path) => {
    if (!Array.isArray(value)) return { path, message: "is not a list" };
    for (const [index, item] of value.entries()) {
      const problem = shape(item, `${path}[${index}]`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
