import type { Given, Options } from "./options.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a verb found: `value` for machines, `lines` for people, and whether all is well. */
export type Found = {
  readonly value: unknown;
  readonly lines: readonly string[];
  readonly refused: boolean;
  /** The answer as a drawing, by the language of `-o`. */
  readonly drawn?: Readonly<Record<string, readonly string[]>>;
  /** Of a plan: it opens something. */
  readonly widens?: boolean;
  /** Nothing is refused, and the question is not answered all the same. */
  readonly unanswered?: true;
};

/** One verb of the command line, told whole: help, docs and the dispatcher read the same value. */
export type Verb = {
  /** One sentence without a full stop. */
  readonly says: string;
  /** What may follow the verb, one form a line. */
  readonly forms: readonly string[];
  /** What people type after the verb, as examples. */
  readonly examples?: readonly string[];
  /** What a person should know besides, for the docs: one paragraph each. */
  readonly more?: readonly string[];
  readonly options: Options;
  /** What a user must be allowed in the cluster; none for verbs that ask no cluster. */
  readonly reads?: readonly string[];
  /** What `-o` takes besides json and yaml: languages in which the answer is drawn. */
  readonly formats?: readonly string[];
  /** Exit codes that mean something else for this verb than for the others. */
  readonly codes?: { readonly unreadable: 3 };
  /** Throws Stop when there is no answer. */
  readonly run: (given: Given, surroundings: Surroundings) => Promise<Found>;
};
