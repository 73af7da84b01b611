import { isObject } from "../zone/json.ts";
import type { Fields } from "../zone/json.ts";
import type { Problem } from "../zone/problem.ts";

/**
 * Reads what others wrote, field by field. Whatever it does not know it notes as a problem: a field that is not known
 * here may widen, so a policy with problems is never called contained. Null is what Go writes for nothing.
 */
export type Reader = {
  readonly problems: readonly Problem[];
  /** Notes a problem. */
  readonly refuse: (path: string, message: string) => void;
  /** An object with no field but these; empty for what is absent or is no such object. */
  readonly object: (value: unknown, path: string, known: readonly string[]) => Fields;
  /** The items of a list with their paths; none for what is absent or no list. */
  readonly list: (value: unknown, path: string) => readonly (readonly [item: unknown, path: string])[];
  /** Text, or undefined where it is absent or no text. */
  readonly text: (value: unknown, path: string) => string | undefined;
  /** Texts by key; what is no text is a problem. */
  readonly map: (value: unknown, path: string) => Readonly<Record<string, string>>;
  /** The texts of a list. */
  readonly texts: (value: unknown, path: string) => readonly string[];
};

/** Whether a field is not there. */
export const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

/** A reader that has seen nothing yet. */
export function reader(): Reader {
  const problems: Problem[] = [];
  const refuse = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  const list: Reader["list"] = (value, path) => {
    if (isAbsent(value)) return [];
    if (Array.isArray(value)) return value.map((item: unknown, index) => [item, `${path}[${index}]`]);
    refuse(path, "is not a list");
    return [];
  };
  const text: Reader["text"] = (value, path) => {
    if (isAbsent(value)) return undefined;
    if (typeof value === "string") return value;
    refuse(path, "is not text");
    return undefined;
  };
  return {
    problems,
    refuse,
    list,
    text,
    map: (value, path) => {
      if (isAbsent(value)) return {};
      if (isObject(value))
        return Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, text(item, `${path}[${key}]`) ?? ""]),
        );
      refuse(path, "is not an object");
      return {};
    },
    texts: (value, path) => list(value, path).flatMap(([item, at]) => text(item, at) ?? []),
    object: (value, path, known) => {
      if (isAbsent(value)) return {};
      if (!isObject(value)) {
        refuse(path, "is not an object");
        return {};
      }
      const unknown = Object.keys(value).find((key) => !known.includes(key));
      if (unknown !== undefined)
        refuse(path === "" ? unknown : `${path}.${unknown}`, "is a field that is not known here");
      return value;
    },
  };
}
