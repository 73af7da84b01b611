import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { bundle } from "../../build/bundle.ts";

let folder: string;
let main: string;
let all: readonly string[];
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "domicile-bundle-"));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  await bundle(folder);
  main = readFileSync(join(folder, "main.js"), "utf8");
  const files = readdirSync(folder).filter((name) => name.endsWith(".js"));
  all = files.map((name) => readFileSync(join(folder, name), "utf8"));
});
after(() => rmSync(folder, { recursive: true }));

/** Packages by the comment that esbuild puts above each file. */
const packages = (): ReadonlySet<string> =>
  new Set(
    all.flatMap((text) =>
      [...text.matchAll(/^ *\/\/ \S*node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//gm)].map(([, name = ""]) => name),
    ),
  );

test("the bundle runs without any package beside it", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "main.js")], { encoding: "utf8" });
  assert.match(stderr, /^domicile: --namespace is required/m);
  assert.equal(status, 2);
});

test("the bundle holds the kubeconfig of client-node and none of its typed models", () => {
  assert.match(main, /^\/\/ node_modules\/@kubernetes\/client-node\/dist\/config\.js$/m);
  assert.doesNotMatch(main, /client-node\/dist\/gen\/models\//);
});

test("the bundle is ASCII, which is half the memory", () => {
  assert.deepEqual(
    all.flatMap((text) => text.split("\n")).filter((line) => /[^\0-\x7f]/.test(line)),
    [],
  );
});

test("the bundle holds the command line by the names that package.json gives it", () => {
  const { bin } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "package.json"), "utf8"));
  assert.deepEqual(bin, { domicile: "dist/domicile.js", "kubectl-domicile": "dist/domicile.js" });
  const { status, stdout, stderr } = spawnSync(join(folder, "domicile.js"), ["version"], {
    encoding: "utf8",
    // Its first line asks for node by name.
    env: { PATH: dirname(process.execPath) },
  });
  assert.match(stdout, /^domicile [0-9.]+\n$/, stderr);
  assert.equal(status, 0);
});

test("the license of every package in the bundle comes with it", () => {
  const notices = readFileSync(join(folder, "NOTICES.txt"), "utf8");
  const named = new Set([...notices.matchAll(/^(\S+) [0-9]+\.[0-9.]+, /gm)].map(([, name]) => name));
  assert.ok(packages().size > 20, `${packages().size} packages`);
  assert.deepEqual(
    [...packages()].filter((name) => !named.has(name)),
    [],
  );
});
