/** One thing wrong in what a user wrote. `path` is the field as kubectl names it: spec.nodes.regions[1]. */
export type Problem = { readonly path: string; readonly message: string };

/** What parsing gives: the value, or every problem there is. Parsing never throws for what a user wrote. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** All problems as one sentence. */
export const sentenceOf = (problems: readonly Problem[]): string => {
  const line = listProblems(problems);
  return line.endsWith("?") ? line : `${line}.`;
};

/** All problems as one line, at most `most` of them in full, so that a condition stays readable. */
export const listProblems = (problems: readonly Problem[], most = 8): string => {
  const shown = problems.slice(0, most).map(({ path, message }) => `${path}: ${message}`);
  const rest = problems.length - shown.length;
  return rest > 0 ? `${shown.join("; ")}; and ${rest} more` : shown.join("; ");
};
