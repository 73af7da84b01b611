import { optionsOf, type Options } from "./options.ts";
import { exitCodes, exitTexts } from "./stop.ts";
import type { Verb } from "./verb.ts";

/** What all verbs are, and how the program ends. */
export const overview = (program: string, verbs: Readonly<Record<string, Verb>>): readonly string[] => [
  "Domicile keeps a country's data in that country. This says what it would do, and why.",
  "",
  ...table([
    ...Object.entries(verbs).map(([name, { says }]): Row => [`${program} ${name}`, says]),
    [`${program} help VERB`, "Say how a verb is used"],
  ]),
  "",
  "Exit codes:",
  ...table(exitRows()),
];

/** How one verb is used. */
export const usage = (program: string, name: string, verb: Verb): readonly string[] => [
  `${verb.says}.`,
  "",
  ...verb.forms.map((form) => `  ${program} ${name} ${form}`.trimEnd()),
  ...(verb.examples === undefined
    ? []
    : ["", "Examples:", ...verb.examples.map((example) => `  ${program} ${name} ${example}`)]),
  "",
  "Options:",
  ...table(Object.entries(optionsOf(verb.options)).map(([long, option]) => [spelt(long, option), option.means])),
  ...(verb.reads === undefined ? [] : ["", `Needs in the cluster: ${verb.reads.join("; ")}.`]),
];

/** How the program ends, code by code. */
export const exitRows = (): readonly Row[] =>
  (Object.keys(exitCodes) as readonly (keyof typeof exitCodes)[]).map((name) => [
    String(exitCodes[name]),
    exitTexts[name],
  ]);

const spelt = (long: string, { short, value }: Options[string]): string =>
  [short === undefined ? "" : `-${short}, `, `--${long}`, value === undefined ? "" : ` ${value}`].join("");

type Row = readonly [left: string, right: string];

const table = (rows: readonly Row[]): readonly string[] => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
};
