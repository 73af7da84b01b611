import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chosenRelease, moduleOf, releases } from "../cluster/versions.ts";

const root = join(import.meta.dirname, "..", "..");

for (const [minor, { kubernetes, etcd }] of Object.entries(releases)) {
  test(`Kubernetes ${minor} is built from modules of exactly the versions that its row says, and the README names it`, () => {
    assert.equal(kubernetes.startsWith(`${minor}.`), true);
    assert.match(goMod(moduleOf("k8s", kubernetes)), new RegExp(`^require k8s.io/kubernetes v${kubernetes}$`, "m"));
    assert.match(goMod(moduleOf("etcd", etcd)), new RegExp(`^require go.etcd.io/etcd/server/v3 v${etcd}$`, "m"));
    assert.match(readFileSync(join(root, "README.md"), "utf8"), new RegExp(`\\b${kubernetes}\\b`));
  });
}

test("a Kubernetes that has no row is refused with a sentence that says which there are", () => {
  assert.throws(() => chosenRelease({ DOMICILE_KUBERNETES: "1.33" }), /"1\.33": say --kubernetes .*1\.34.* or /);
});

const goMod = (folder: string): string => readFileSync(join(root, "test", "control-plane", folder, "go.mod"), "utf8");
