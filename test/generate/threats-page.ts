import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { guardMatrix, installations } from "./guard-matrix.ts";
import { cell } from "./reasons-page.ts";
import { threats } from "./threats.ts";

const root = resolve(import.meta.dirname, "../..");

/** A test that bears a threat's number: its file from the repository's root, and its name. */
export type Holding = { readonly threat: string; readonly file: string; readonly name: string };

/**
 * Every test, and every row of a table of tests, whose name begins with numbers ("O1 …") or says them in brackets
 * ("… (O1, O2)"), as the sources have it; what a name computes reads "…".
 */
export const holdings = (): readonly Holding[] =>
  globSync("test/**/*.ts", { cwd: root })
    .toSorted()
    .flatMap((file) => namesIn(readFileSync(join(root, file), "utf8")).flatMap((name) => held(file, name)));

const namesIn = (source: string): readonly string[] =>
  [
    ...source.matchAll(/\b(?:test|describe)\(\s*(["`])(.*?)\1/g),
    ...source.matchAll(/^\s*(")((?:[^"]*\([A-Z][^"]*\))|(?:[A-Z][0-9]{1,2} [^"]*))": /gm),
  ].map(([, , name = ""]) => name);

const number = "[A-Z][0-9]{1,2}";
const numbered = new RegExp(`^((?:${number} )+)|\\s*\\((${number}(?:, ${number})*)\\)`, "g");

const held = (file: string, name: string): readonly Holding[] =>
  [...name.matchAll(numbered)].flatMap(([, first = "", bracketed = ""]) =>
    [...`${first}${bracketed}`.matchAll(new RegExp(number, "g"))].map(([threat]) => ({
      threat,
      file,
      name: name
        .replaceAll(numbered, "")
        .replaceAll(/\$\{[^}]*\}/g, "…")
        .trim(),
    })),
  );

/** docs/threats.md: every numbered way around, the tests that hold it, and what stays open. */
export const threatsPage =
  (): string => `<!-- Written by npm run generate from test/generate/threats.ts and the names of tests; edit those. -->

# Ways around Domicile

Each is held by tests that fail without their guard, or said in [not-covered.md](not-covered.md). A test bears the number in its name.

| number | way around | held by | stays open |
| --- | --- | --- | --- |
${Object.entries(threats)
  .map(([number, { what, open = [] }]) => {
    const held = holdings().filter(({ threat }) => threat === number);
    const tests = held.map(({ file, name }) => `${cell(name)} (\`${file.slice("test/".length)}\`)`);
    return `| ${number} | ${cell(what)} | ${tests.join("<br>")} | ${open.map(cell).join("<br>")} |`;
  })
  .join("\n")}

## Which half holds what

Domicile may be installed with one of its halves alone ([native-only.md](native-only.md)). \`lifecycle/installations.test.ts\` tries each of these in each installation, in a sealed namespace where nothing else is said. "Pinned" is the zone's selector: what lies abroad then waits. "Reported" is counted and told in the zone's status, and nothing is refused. Before Kubernetes 1.36 native policy cannot pin, and refuses instead. The NetworkPolicies of the namespace are the same in each, so what its packets meet does not hang on the installation.

| number | attempt | ${installations.join(" | ")} |
| --- | --- |${installations.map(() => " --- |").join("")}
${Object.entries(guardMatrix)
  .map(
    ([what, guarded]) =>
      `| ${guarded.threat} | ${cell(what)} | ${installations.map((each) => guarded[each]).join(" | ")} |`,
  )
  .join("\n")}
`;
