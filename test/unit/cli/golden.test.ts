import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { printer } from "../../../src/cli/print.ts";
import { verbs } from "../../../src/cli/verbs.ts";
import { command } from "./command.ts";
import { screenOf } from "./screens.ts";

const golden = join(import.meta.dirname, "..", "..", "golden", "cli");
const updating = process.env["UPDATE_GOLDEN"] === "1";

const compare = (want: string, got: string): void => {
  if (updating) writeFileSync(want, got);
  assert.ok(existsSync(want), `${want} is missing: run with UPDATE_GOLDEN=1 and read what it says`);
  assert.equal(got, readFileSync(want, "utf8"));
};

test("help is as wanted, for all verbs and for each", async () => {
  const screens = [["help"], ...Object.keys(verbs).map((verb) => ["help", verb])].map(async (args) => {
    const { code, out, err } = await command(args);
    assert.deepEqual({ code, err }, { code: 0, err: "" });
    return `$ domicile ${args.join(" ")}\n${out}\n`;
  });
  compare(join(golden, "help.txt"), (await Promise.all(screens)).join(""));
});

test("--help and -h say the same as help", async () => {
  assert.deepEqual(await command(["nodes", "--help"]), await command(["help", "nodes"]));
  assert.deepEqual(await command(["-h"]), await command(["help"]));
});

for (const name of readdirSync(join(golden, "check")))
  test(`check answers as wanted: ${name.replaceAll("-", " ")}`, async () => {
    const folder = join(golden, "check", name);
    const args = readFileSync(join(folder, "args"), "utf8").trim().split(/\s+/);
    const at = args.map((arg) => arg.replace("FOLDER", folder));
    for (const [file, more] of [
      ["want.txt", []],
      // Not .json, for check reads what lies beside it.
      ["want-json.txt", ["-o", "json"]],
    ] as const) {
      const { code, out, err } = await command(["check", ...at, ...more]);
      compare(join(folder, file), `${out}${err}`.replaceAll(`${folder}/`, "") + `exit code ${code}\n`);
    }
  });

for (const name of readdirSync(join(golden, "screens")))
  test(`a screen is as wanted: ${name.replaceAll("-", " ")}`, () => {
    const folder = join(golden, "screens", name);
    const found = screenOf(parse(readFileSync(join(folder, "input.yaml"), "utf8")));
    compare(
      join(folder, "want.txt"),
      `${printer()(found)}${found.refused ? "refused\n" : ""}${found.widens === true ? "widens\n" : ""}`,
    );
    compare(join(folder, "want.json"), printer("json")(found));
    if (found.drawn !== undefined) compare(join(folder, "want.dot"), printer("dot", ["dot"])(found));
  });
