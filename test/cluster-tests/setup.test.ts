import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { output } from "../cluster/spawned.ts";

const setup = join(import.meta.dirname, "..", "setup.mjs");
const elsewhere = 'data:text/javascript,Object.defineProperty(process, "platform", { value: "darwin" })';

const cases: Readonly<
  Record<string, { readonly args: readonly string[]; readonly path?: string; readonly says: RegExp }>
> = {
  "on another system than Linux": {
    args: ["--import", elsewhere, setup, "demo"],
    says: /is darwin: use a Linux machine/,
  },
  "without the tool that makes namespaces": {
    args: [setup, "demo"],
    path: "/nowhere",
    says: /unshare is missing.*: run /,
  },
  "with a flag that lacks its Kubernetes": {
    args: [setup, "run", "--kubernetes", "--", "true"],
    says: /say which Kubernetes, for example --kubernetes 1\.34/,
  },
  "with a Kubernetes that has no row": {
    args: [setup, "run", "--kubernetes", "1.33", "--", "true"],
    says: /do not run on Kubernetes "1\.33": say --kubernetes 1\.34 or /,
  },
  "with a verb it does not know": { args: [setup, "frobnicate"], says: /say what to run: .*demo\|/ },
};

for (const [title, { args, path, says }] of Object.entries(cases)) {
  test(`${title} setup says one sentence and what to do, and ends with 1`, async () => {
    const { code, stderr } = await output(process.execPath, args, {
      env: { PATH: path ?? process.env["PATH"], HOME: "/nowhere" },
    });
    assert.equal(code, 1);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  });
}
