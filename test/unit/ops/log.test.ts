import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

const module = join(import.meta.dirname, "../../../src/ops/log.ts");

/** What a process wrote that made a logger of `level` and ran `script` with it as `log`. */
const logged = (level: string, script: string): readonly Readonly<Record<string, unknown>>[] => {
  const program = `import { makeLog } from ${JSON.stringify(module)}; const log = makeLog("${level}"); ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  assert.equal(stderr, "");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
};

test("O7 what could be a secret is not written, at the top or one below", () => {
  const [line] = logged(
    "info",
    `log.info({ token: "s3cret", secret: { data: "s3cret", key: "s3cret" }, options: { headers: { authorization: "s3cret" } } }, "oops")`,
  );
  assert.equal(line?.["msg"], "oops");
  assert.doesNotMatch(JSON.stringify(line), /s3cret/);
});

test("the key of a reconcile is written", () => {
  assert.equal(logged("info", `log.warn({ key: "shop/web" }, "again")`)[0]?.["key"], "shop/web");
});

test("a level below the one asked for says nothing", () => {
  assert.deepEqual(
    logged("warn", `log.info("no"); log.warn("yes")`).map(({ msg }) => msg),
    ["yes"],
  );
});

test("a single line is written while its process goes on", async () => {
  const program = `import { makeLog } from ${JSON.stringify(module)}; makeLog("info").info("soon"); setInterval(() => {}, 60_000);`;
  const going = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = await once(going.stdout, "data");
    assert.match(String(line), /"msg":"soon"/);
    assert.equal(going.exitCode, null);
  } finally {
    going.kill("SIGKILL");
  }
});
