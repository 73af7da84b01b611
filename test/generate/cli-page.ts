import { exitRows } from "../../src/cli/help.ts";
import { optionsOf, type Options } from "../../src/cli/options.ts";
import type { Verb } from "../../src/cli/verb.ts";
import { verbs } from "../../src/cli/verbs.ts";

/** docs/cli.md: every verb with its forms, its options and what it needs in a cluster. */
export const cliPage = (): string =>
  [
    "# The command line",
    "",
    "Written by `npm run generate` from `src/cli`; edit that.",
    "",
    "`domicile VERB …`, or as a kubectl plugin `kubectl domicile VERB …`. It asks a cluster with your own rights and never writes; what it says comes from the same functions as what the webhooks answer. `-o json` and `-o yaml` give the same answers to machines.",
    "",
    "| verb | |",
    "| --- | --- |",
    ...Object.entries(verbs).map(([name, { says }]) => `| [\`${name}\`](#${name}) | ${says} |`),
    "",
    "| exit code | says |",
    "| --- | --- |",
    ...exitRows().map(([code, says]) => `| ${code} | ${says} |`),
    ...Object.entries(verbs).flatMap(([name, verb]) => section(name, verb)),
    "",
  ].join("\n");

const section = (name: string, { says, forms, options, reads, more = [], examples = [] }: Verb): readonly string[] => [
  "",
  `## ${name}`,
  "",
  `${says}.`,
  "",
  "```",
  ...forms.map((form) => `domicile ${name} ${form}`.trimEnd()),
  "```",
  ...more.flatMap((paragraph) => ["", paragraph]),
  ...(examples.length === 0
    ? []
    : ["", "Examples:", "", "```", ...examples.map((example) => `domicile ${name} ${example}`), "```"]),
  "",
  ...optionRows(optionsOf(options)),
  ...(reads === undefined ? [] : ["", `Needs in the cluster: ${reads.join("; ")}.`]),
];

const optionRows = (options: Options): readonly string[] => [
  "| option | means |",
  "| --- | --- |",
  ...Object.entries(options).map(([long, { short, value, means }]) => {
    const spelt = [...(short === undefined ? [] : [`-${short}`]), `--${long}`].map((each) =>
      value === undefined ? `\`${each}\`` : `\`${each} ${value}\``,
    );
    return `| ${spelt.join(", ")} | ${means.replaceAll("|", "\\|")} |`;
  }),
];
