import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The licenses of the packages that `files` (paths below `root`) belong to, one after another, whole where a package brings its text. */
export const noticesOf = (root: string, files: readonly string[]): string =>
  [...new Set(files.flatMap(packageOf))]
    .toSorted()
    .map((folder) => noticeOf(join(root, folder)))
    .join(`\n${"-".repeat(80)}\n\n`);

/** The folder of the innermost package that a file is in; none for files of our own. */
const packageOf = (file: string): readonly string[] =>
  /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.slice(0, 1) ?? [];

const noticeOf = (folder: string): string => {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  const texts = readdirSync(folder)
    .filter((entry) => /^(licen[cs]e|notice|copying)/i.test(entry))
    .map((entry) => readFileSync(join(folder, entry), "utf8").trim());
  const by = typeof author === "object" ? author.name : author;
  return [`${name} ${version}, ${license}${by === undefined ? "" : `, ${by}`}`, ...texts].join("\n\n") + "\n";
};

type Manifest = {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
};
