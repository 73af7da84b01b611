import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "..", "..", "golden", "reviews");

/** What a real API server asked, by file name: recorded by test/hostile/record.ts. */
export const recorded: Readonly<Record<string, string>> = Object.fromEntries(
  globSync("*.json", { cwd: folder })
    .toSorted()
    .map((file) => [basename(file, ".json"), readFileSync(join(folder, file), "utf8")]),
);
