import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { generatedFiles } from "./files.ts";

const root = resolve(import.meta.dirname, "../..");
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const current = (path: string): string | undefined => {
  try {
    return readFileSync(resolve(root, path), "utf8");
  } catch {
    return undefined;
  }
};

const stale = [...generatedFiles()].filter(([path, content]) => current(path) !== content);
for (const [path, content] of stale) {
  console.log(values.check ? `${path} is not what src says: run npm run generate` : `wrote ${path}`);
  if (values.check) continue;
  mkdirSync(dirname(resolve(root, path)), { recursive: true });
  writeFileSync(resolve(root, path), content);
}
process.exitCode = values.check && stale.length > 0 ? 1 : 0;
