import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { bundle } from "../../../build/bundle.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const watcher = join(import.meta.dirname, "programs", "loaded.ts");

let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "domicile-loaded-"));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  await bundle(folder);
});
after(() => rmSync(folder, { recursive: true }));

/** The modules that a program loads for a command line, and how it ends. */
const load = (program: string, args: readonly string[]) => {
  const loaded = join(folder, "loaded");
  writeFileSync(loaded, "");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", watcher, program, ...args], {
    cwd: root,
    encoding: "utf8",
    // No home, so no kubeconfig, and no cluster around.
    env: { PATH: process.env["PATH"], LOADED: loaded, HOME: folder },
  });
  const modules = readFileSync(loaded, "utf8").split("\n").slice(0, -1);
  return { status, stdout, stderr, modules };
};

const fromSources = join(root, "src", "domicile.ts");
const offline = ["check", "-f", "examples", "--zone", "examples/zone-us.yaml"];
/** Asks a cluster that is not there. */
const online = ["nodes", "us", "--kubeconfig", "/dev/null"];
const speaksToClusters =
  /@kubernetes\/client-node|\/undici\/|src\/cli\/cluster\.ts|src\/kube\/(transport|credentials)\.ts/;

for (const [name, args] of Object.entries({
  check: offline,
  egress: ["egress", "us", "-f", "examples"],
  plan: ["plan", "-f", "examples", "--before", "examples"],
  graph: ["graph", "-f", "examples"],
}))
  test(`${name} of files loads nothing that speaks to a cluster`, () => {
    const { status, modules, stderr } = load(fromSources, args);
    assert.equal(status, 0, stderr);
    assert.ok(
      modules.some((module) => module.endsWith(`src/cli/${name}.ts`)),
      "what is loaded is seen",
    );
    assert.deepEqual(
      modules.filter((module) => speaksToClusters.test(module)),
      [],
    );
  });

test("a verb that asks a cluster loads it, so this test would see it", () => {
  const { modules } = load(fromSources, online);
  assert.ok(modules.some((module) => module.includes("@kubernetes/client-node")));
});

test("as it ships check reads two files, and what speaks to a cluster lies in a third", () => {
  const program = join(folder, "domicile.js");
  const names = (args: readonly string[]): readonly string[] =>
    load(program, args)
      .modules.filter((module) => module.startsWith("file:") && module.includes(folder))
      .map((module) => module.split("/").at(-1) ?? "")
      .toSorted();
  assert.deepEqual(names(offline), ["domicile-chunk.js", "domicile.js"]);
  assert.deepEqual(names(online), ["domicile-chunk.js", "domicile-cluster.js", "domicile.js"]);
});

test("what ships answers as the sources do", () => {
  const program = join(folder, "domicile.js");
  const [shipped, sources] = [program, fromSources].map((file) => {
    const { status, stdout, stderr } = load(file, offline);
    return { status, stdout, stderr };
  });
  assert.deepEqual(shipped, sources);
});
