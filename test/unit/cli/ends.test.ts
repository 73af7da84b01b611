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

test("a plan ends with 2 when something opens, with 0 when nothing does, and with 3 when it cannot be read", async () => {
  const zone = (networks: readonly object[]): string =>
    JSON.stringify({
      apiVersion: "domicile.dev/v1alpha1",
      kind: "ResidencyZone",
      metadata: { name: "us" },
      spec: {
        enforcement: "Enforce",
        nodes: { provider: "OCI", regions: ["us-ashburn-1"] },
        egress: { clusters: [{ name: "us-analytics" }], networks },
      },
    });
  const codeOf = async (args: readonly string[], stdin: string): Promise<number> => (await command(args, stdin)).code;
  const args = ["plan", "-f", "-", "--before", join(root, "examples")];
  const more = { name: "more", cidrs: ["192.0.2.0/25"], ports: [{ protocol: "TCP", port: 22 }] };
  const other = { name: "partner", cidrs: ["203.0.112.0/24"], ports: [{ protocol: "TCP", port: 443 }] };
  assert.equal(await codeOf(args, zone([])), 0, "a network less");
  assert.equal(await codeOf(args, zone([other])), 2, "another network");
  assert.equal(await codeOf(args, zone([more])), 1, "one that overlaps a cluster that is not approved");
  assert.equal(await codeOf(args, "{"), 3, "no YAML");
});
