import { anyState, isNever, without } from "../labels/states.ts";
import type { States } from "../labels/states.ts";
import { everyPod, meeting } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { except, only } from "./select.ts";

/**
 * What a selector of Calico's matches, as a union of sets; `exact` is false where it speaks of more than labels and the
 * sets are more than it matches. Undefined for what is no selector, or has too many alternatives to be written out.
 */
export type Selection = { readonly sets: readonly PodSet[]; readonly exact: boolean };

/** Alternatives of one selector. */
const mostSets = 64;

/** Reads a selector; `keyOf` gives our key of a label, or undefined for what is no label of a pod or namespace. */
export function parseSelection(text: string, keyOf: (label: string) => string | undefined): Selection | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0) return all;
  const parser = { tokens, at: 0, keyOf };
  const read = either(parser, true, 0);
  return read === undefined || parser.at < tokens.length ? undefined : read;
}

const all: Selection = { sets: [everyPod], exact: true };
const none: Selection = { sets: [], exact: true };
/** More than labels: whatever it is, it may match. */
const unknown: Selection = { sets: [everyPod], exact: false };

type Parser = {
  readonly tokens: readonly string[];
  at: number;
  readonly keyOf: (label: string) => string | undefined;
};
type Read = Selection | undefined;

const mostDepth = 32;

/** `wanted` is false under a negation: then what is or becomes and, and labels become their opposite. */
const either = (parser: Parser, wanted: boolean, depth: number): Read =>
  chain(parser, "||", wanted ? joined : crossed, () =>
    chain(parser, "&&", wanted ? crossed : joined, () => one(parser, wanted, depth)),
  );

function chain(
  parser: Parser,
  operator: string,
  combine: (a: Selection, b: Selection) => Read,
  next: () => Read,
): Read {
  let left = next();
  while (left !== undefined && take(parser, operator)) {
    const right = next();
    left = right && combine(left, right);
  }
  return left;
}

function one(parser: Parser, wanted: boolean, depth: number): Read {
  if (depth > mostDepth) return undefined;
  if (take(parser, "!")) return one(parser, !wanted, depth + 1);
  if (take(parser, "(")) {
    const inner = either(parser, wanted, depth + 1);
    return take(parser, ")") ? inner : undefined;
  }
  const word = parser.tokens[parser.at++];
  if (word === "all(" || word === "global(") {
    if (!take(parser, ")")) return undefined;
    return word === "global(" ? unknown : wanted ? all : none;
  }
  if (word === "has(") {
    const label = parser.tokens[parser.at++];
    return label !== undefined && isWord(label) && take(parser, ")")
      ? selection(parser, label, except([]), wanted)
      : undefined;
  }
  return word !== undefined && isWord(word) ? compared(parser, word, wanted) : undefined;
}

function compared(parser: Parser, label: string, wanted: boolean): Read {
  const operator = parser.tokens[parser.at++];
  const isNegated = operator === "!=" || operator === "not";
  switch (operator) {
    case "==":
    case "!=": {
      const value = textOf(parser.tokens[parser.at++]);
      return value === undefined ? undefined : selection(parser, label, only([value]), wanted !== isNegated);
    }
    case "not":
    case "in": {
      if (isNegated && !take(parser, "in")) return undefined;
      const values = valuesOf(parser);
      return values === undefined ? undefined : selection(parser, label, only(values), wanted !== isNegated);
    }
    case "contains":
    case "starts":
    case "ends":
      if (operator !== "contains" && !take(parser, "with")) return undefined;
      return textOf(parser.tokens[parser.at++]) === undefined ? undefined : unknown;
    default:
      return undefined;
  }
}

function valuesOf(parser: Parser): readonly string[] | undefined {
  if (!take(parser, "{")) return undefined;
  const values: string[] = [];
  while (!take(parser, "}")) {
    if (values.length > 0 && !take(parser, ",")) return undefined;
    const value = textOf(parser.tokens[parser.at++]);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function selection({ keyOf }: Parser, label: string, states: States, wanted: boolean): Selection {
  const key = keyOf(label);
  if (key === undefined) return unknown;
  const meant = wanted ? states : without(anyState, states);
  return isNever(meant) ? none : { sets: [new Map([[key, meant]])], exact: true };
}

const joined = (a: Selection, b: Selection): Read => bounded([...a.sets, ...b.sets], a.exact && b.exact);

const crossed = (a: Selection, b: Selection): Read =>
  a.sets.length * b.sets.length > mostSets
    ? undefined
    : bounded(
        a.sets.flatMap((left) => b.sets.flatMap((right) => meeting(left, right) ?? [])),
        a.exact && b.exact,
      );

const bounded = (sets: readonly PodSet[], exact: boolean): Read =>
  sets.length > mostSets ? undefined : { sets, exact };

function take(parser: Parser, token: string): boolean {
  if (parser.tokens[parser.at] !== token) return false;
  parser.at++;
  return true;
}

const isWord = (token: string): boolean => /^[a-zA-Z0-9_./-]+$/.test(token);
const textOf = (token: string | undefined): string | undefined =>
  token !== undefined && /^["']/.test(token) ? token.slice(1, -1) : undefined;

function tokensOf(text: string): readonly string[] | undefined {
  const found = text.matchAll(
    /\s*(?:((?:has|all|global)\(|==|!=|&&|\|\||[!(){},]|"[^"]*"|'[^']*'|[a-zA-Z0-9_./-]+)|(\S))/g,
  );
  const tokens: string[] = [];
  for (const [, token] of found) {
    if (token === undefined) return undefined;
    tokens.push(token);
  }
  return tokens;
}
