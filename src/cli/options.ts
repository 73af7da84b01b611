import { parseArgs } from "node:util";
import { nearest } from "../zone/nearest.ts";
import { Stop } from "./stop.ts";

/** One option: `value` is what help calls what it takes; without it the option is a switch. */
export type Option = {
  readonly short?: string;
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly many?: boolean;
  readonly means: string;
};
/** Options by their long names. */
export type Options = Readonly<Record<string, Option>>;

/** What was given: words that are no options, switches, and the values of each option in their order. */
export type Given = {
  readonly words: readonly string[];
  readonly on: (option: string) => boolean;
  readonly all: (option: string) => readonly string[];
  /** The value, or undefined when the option was not given. */
  readonly one: (option: string) => string | undefined;
};

/** Options of every verb. */
export const commonOptions: Options = {
  output: { short: "o", value: "FORMAT", means: "json or yaml, for machines; without it the answer is for people" },
  help: { short: "h", means: "say how the verb is used" },
};

/** The options that a verb takes: its own first, then those of every verb, of which it may mean something of its own. */
export const optionsOf = (own: Options): Options => ({ ...own, ...commonOptions, ...own });

/** Options of verbs that ask a cluster, by kubectl's names. */
export const clusterOptions: Options = {
  context: { value: "NAME", means: "context of the kubeconfig" },
  kubeconfig: { value: "FILE", means: "kubeconfig file; without it KUBECONFIG, or ~/.kube/config" },
};

/** The namespace, by kubectl's name. */
export const namespaceOption: Options = {
  namespace: { short: "n", value: "NAME", means: "namespace; without it the context's, or default" },
};

/** Reads a command line by a verb's options; a Stop says what is wrong with it. */
export const readOptions = (args: readonly string[], options: Options): Given => {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([name, { short, value }]) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short ? { short } : {}) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const words: string[] = [];
  const values = new Map<string, readonly string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw unknown(token.rawName, token.name, options);
    const { value, rawName } = token;
    if (option.value === undefined && value !== undefined)
      throw new Stop("unreadable", `${rawName} is a switch and takes no value; leave out "=${value}".`);
    if (option.value !== undefined && (value === undefined || value === ""))
      throw new Stop("unreadable", `${rawName} needs a value: ${option.value}, ${option.means}.`);
    const before = values.get(token.name) ?? [];
    if (before.length > 0 && option.many !== true)
      throw new Stop("unreadable", `${rawName} is given twice; give it once.`);
    values.set(token.name, [...before, value ?? ""]);
  }
  return {
    words,
    on: (name) => values.has(name),
    all: (name) => values.get(name) ?? [],
    one: (name) => values.get(name)?.[0],
  };
};

const unknown = (raw: string, name: string, options: Options): Stop => {
  const meant = nearest(name, Object.keys(options));
  const known = Object.keys(options).map((each) => `--${each}`);
  return new Stop(
    "unreadable",
    meant === undefined
      ? `${raw} is no option here; there are ${known.join(", ")}.`
      : `${raw} is no option here; did you mean --${meant}?`,
  );
};
