import { labelKeyProblem, labelValueProblem } from "./label.ts";
import { admits } from "./states.ts";
import type { States } from "./states.ts";

type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] };

/** metav1.LabelSelector: a conjunction of requirements. Empty, it matches everything. */
export type LabelSelector = {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Requirement[];
};

/** What is wrong with one field of a selector; `path` is relative to the selector: `matchExpressions[0].operator`. */
export type SelectorProblem = { readonly path: string; readonly problem: string };

/** A selector that Kubernetes would accept, as the states that each requirement lets its key have. */
export type Requirements = readonly { readonly key: string; readonly states: States }[];

/** The requirements of a selector, or everything that Kubernetes' own validation would refuse in it; never throws. */
export function parseSelector(
  selector: LabelSelector,
):
  | { readonly ok: true; readonly requirements: Requirements }
  | { readonly ok: false; readonly problems: readonly SelectorProblem[] } {
  const problems: SelectorProblem[] = [];
  const requirements: { key: string; states: States }[] = [];
  const check = (path: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push({ path, problem });
  };
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    check("matchLabels", prefixed("key", labelKeyProblem(key)));
    check(`matchLabels[${key.slice(0, 317)}]`, labelValueProblem(value));
    requirements.push({ key, states: { absent: false, rule: "only", values: new Set([value]) } });
  }
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    const path = `matchExpressions[${index}]`;
    check(`${path}.key`, labelKeyProblem(requirement.key));
    for (const [at, value] of (requirement.values ?? []).entries())
      check(`${path}.values[${at}]`, labelValueProblem(value));
    const read = statesOf(requirement);
    if (read.ok) requirements.push({ key: requirement.key, states: read.states });
    else check(`${path}.${read.field}`, read.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, requirements };
}

/** Whether a selector matches a set of labels. A selector that Kubernetes would refuse matches nothing. */
export function matches(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const parsed = parseSelector(selector);
  return parsed.ok && parsed.requirements.every(({ key, states }) => admits(states, valueOf(labels, key)));
}

/** `constructor` is a legal label key, so only own properties count. */
const valueOf = (labels: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

const prefixed = (word: string, problem: string | undefined): string | undefined =>
  problem === undefined ? undefined : `${word} ${problem}`;

type ReadStates =
  | { readonly ok: true; readonly states: States }
  | { readonly ok: false; readonly field: "operator" | "values"; readonly problem: string };

const refuse = (problem: string): ReadStates => ({ ok: false, field: "values", problem });

function statesOf({ operator, values = [] }: Requirement): ReadStates {
  const named = new Set(values);
  switch (operator) {
    case "In":
    case "NotIn":
      if (named.size === 0) return refuse(`must name at least one value with ${operator}`);
      return operator === "In"
        ? { ok: true, states: { absent: false, rule: "only", values: named } }
        : { ok: true, states: { absent: true, rule: "except", values: named } };
    case "Exists":
    case "DoesNotExist":
      if (named.size > 0) return refuse(`must be empty with ${operator}`);
      return operator === "Exists"
        ? { ok: true, states: { absent: false, rule: "except", values: named } }
        : { ok: true, states: { absent: true, rule: "only", values: named } };
    default:
      return { ok: false, field: "operator", problem: "must be In, NotIn, Exists or DoesNotExist" };
  }
}
