import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { programVersion } from "../../src/cli/program-version.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const { version } = JSON.parse(read("package.json")) as { readonly version: string };

const places: Readonly<Record<string, () => string | undefined>> = {
  "the chart": () => parse(read("charts/domicile/Chart.yaml")).version,
  "the image that the chart runs": () => parse(read("charts/domicile/Chart.yaml")).appVersion,
  "the command line": () => programVersion,
  "the Dockerfile": () => /^ARG VERSION=(.*)$/m.exec(read("Dockerfile"))?.[1],
  "the README's docker build": () => /docker build -t REGISTRY\/domicile:(\S+)/.exec(read("README.md"))?.[1],
  "the newest heading of the changelog": () => /^## (\d+\.\d+\.\d+)/m.exec(read("CHANGELOG.md"))?.[1],
};

for (const [place, versionThere] of Object.entries(places))
  test(`${place} is of the version that package.json says`, () => assert.equal(versionThere(), version));
