import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openPlugin } from "../../../src/kube/exec-plugin.ts";

const folder = mkdtempSync(join(tmpdir(), "domicile-plugin-"));
after(() => rmSync(folder, { recursive: true }));

/** A plugin that runs `script`, and counts its runs; the environment names the file to read from. */
const plugin = (name: string, script: string, runMs?: number) => {
  const runs = join(folder, `${name}.runs`);
  const answer = join(folder, `${name}.answer`);
  let now = Date.parse("2026-11-24T09:00:00Z");
  const exec = {
    command: "/bin/sh",
    args: ["-c", `echo run >> "$RUNS"; ${script}`],
    env: [
      { name: "RUNS", value: runs },
      { name: "ANSWER", value: answer },
    ],
    apiVersion: "client.authentication.k8s.io/v1",
  };
  return {
    ...openPlugin(exec, () => now, runMs),
    answers: (text: string) => writeFileSync(answer, text),
    pass: (ms: number) => (now += ms),
    runs: () => (existsSync(runs) ? readFileSync(runs, "utf8").trim().split("\n").length : 0),
  };
};

const credential = (status: object): string => JSON.stringify({ kind: "ExecCredential", status });
const reads = 'cat "$ANSWER"';

const faults: Readonly<Record<string, readonly [script: string, sentence: RegExp]>> = {
  "that fails": ["echo 'log in first' >&2; exit 3", /"\/bin\/sh" failed with exit code 3: log in first$/],
  "that is killed": ["kill -9 $$", /could not be run: /],
  "that prints junk": ["echo 'Welcome!'", /printed no ExecCredential with a token or a certificate$/],
  "that prints nothing": [":", /printed no ExecCredential/],
  "that prints an empty object": ["echo '{}'", /printed no ExecCredential/],
  "that prints a credential without a token": [`echo '${credential({ token: "" })}'`, /printed no ExecCredential/],
  "that never stops printing": ["exec yes", /could not be run: stdout maxBuffer/],
};

for (const [index, [name, [script, sentence]]] of Object.entries(faults).entries())
  test(`a plugin ${name} gives a sentence, and is run again`, async () => {
    const { current, runs } = plugin(`fault-${index}`, script);
    await assert.rejects(current(), sentence);
    await assert.rejects(current(), sentence);
    assert.equal(runs(), 2);
  });

test("a plugin that is not there gives a sentence", async () => {
  const { current } = openPlugin({ command: join(folder, "absent") }, Date.now);
  await assert.rejects(current(), /absent" could not be run: .*ENOENT/);
});

test("a plugin that hangs is ended, with whatever holds on to its output", async () => {
  const { current } = plugin("hangs", "sleep 9 & sleep 9", 200);
  await assert.rejects(current(), /did not end within 0.2 s and was ended$/);
});

test("a plugin that asks for a password gets no answer, instead of waiting for one", async () => {
  const { current } = plugin("asks", "read password || exit 4");
  await assert.rejects(current(), /exit code 4/);
});

test("a plugin is told who calls it", async () => {
  const { current } = plugin("told", 'printf %s "$KUBERNETES_EXEC_INFO" > "$ANSWER"; exit 1');
  await assert.rejects(current());
  assert.deepEqual(JSON.parse(readFileSync(join(folder, "told.answer"), "utf8")), {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    spec: { interactive: false },
  });
});

test("one run serves all who wait, and until ten seconds before its credential ends", async () => {
  const { current, answers, pass, runs } = plugin("expires", reads);
  answers(credential({ token: "a", expirationTimestamp: "2026-11-24T09:01:00Z" }));
  const all = await Promise.all([current(), current(), current()]);
  assert.deepEqual([all.map(({ token }) => token), runs()], [["a", "a", "a"], 1]);
  pass(49_000);
  assert.equal((await current()).token, "a");
  answers(credential({ token: "b" }));
  pass(1_000);
  assert.deepEqual([(await current()).token, runs()], ["b", 2]);
  pass(86_400_000);
  assert.deepEqual([(await current()).token, runs()], ["b", 2], "without an end it is good until it is refused");
});

test("a token that was refused is had anew; a refusal of an older one that comes late changes nothing", async () => {
  const { current, refused, answers, runs } = plugin("refused", reads);
  answers(credential({ token: "a" }));
  await current();
  answers(credential({ token: "b" }));
  refused("a");
  assert.equal((await current()).token, "b");
  refused("a");
  assert.deepEqual([(await current()).token, runs()], ["b", 2]);
});

test("a certificate counts where it has its key", async () => {
  const { current, answers } = plugin("certificate", reads);
  answers(credential({ clientCertificateData: "cert" }));
  await assert.rejects(current(), /no ExecCredential/);
  answers(credential({ clientCertificateData: "cert", clientKeyData: "key" }));
  assert.deepEqual(await current(), { cert: "cert", key: "key" });
});
