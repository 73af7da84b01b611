import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { command } from "./command.ts";

const root = join(import.meta.dirname, "..", "..", "..");

test("a defect is no refusal: it has an exit code of its own, and says that it is one", async () => {
  // Here a command that asks a cluster meets an error that nobody foresaw.
  const { code, out, err } = await command(["nodes", "us"]);
  assert.match(err, /^domicile: this is a defect of Domicile's, please report it:\nError: nodes us asks a cluster\n/);
  assert.deepEqual({ code, out }, { code: 4, out: "" });
});

test("whoever stops reading ends nothing badly", () => {
  const pipe = `"${process.execPath}" src/domicile.ts check -f examples; echo "exit code $?" >&2`;
  const { stderr } = spawnSync("sh", ["-c", `(${pipe}) | true`], { cwd: root, encoding: "utf8" });
  assert.equal(stderr, "exit code 0\n");
});
