import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { answers } from "../cluster/ready.ts";
import { readSession } from "../cluster/session-file.ts";
import { output } from "../cluster/spawned.ts";
import { allProcesses, startNested } from "./nested.ts";

const { programs } = readSession();
const kubectl = programs.kubectl ?? "kubectl";
// Says where its cluster is, then waits until its input ends.
const say = ["sh", "-c", 'echo "$DOMICILE_TEST_CLUSTER"; cat >/dev/null'];

const victims = [
  { title: "the process that a person started", find: (pid: number) => pid },
  { title: "the process that made the namespaces", find: (pid: number) => childOf(pid, "unshare") },
  { title: "the first process inside", find: (pid: number) => childOf(childOf(pid, "unshare"), "session.ts") },
];

for (const { title, find } of victims) {
  test(`a session whose ${title} gets SIGKILL leaves no process, no network and no folder`, async (t) => {
    const nested = startNested(t, say);
    const folder = dirname(await nested.line());
    const networks = new Set(nested.processes().map(({ network }) => network));
    const programsInside = nested.processes().map(({ command }) => command.split(" ")[0]);
    assert.equal(networks.size, 1);
    assert(programsInside.includes(programs["kube-apiserver"]), programsInside.join("\n"));
    process.kill(find(nested.setup.pid ?? 0), "SIGKILL");
    await nested.ended;
    // The kernel ends the processes of a namespace one by one, and tells nobody here when the last is gone.
    await answers(
      async () => allProcesses().every(({ network }) => !networks.has(network)),
      10_000,
      "the end of every process",
    );
    assert(!existsSync(folder), `${folder} is still there`);
  });
}

test("two sessions run side by side, are reached from outside, and end with their command's exit code", async (t) => {
  const command = [
    "sh",
    "-c",
    'sed -n "s/.*hostKubeconfig\\":\\"\\([^\\"]*\\).*/\\1/p" "$DOMICILE_TEST_CLUSTER"; cat >/dev/null; exit 7',
  ];
  const both = [startNested(t, command), startNested(t, command)];
  const configs = await Promise.all(both.map((nested) => nested.line()));
  for (const [index, config] of configs.entries()) {
    const made = await output(kubectl, [`--kubeconfig=${config}`, "create", "namespace", `only-in-${index}`]);
    assert.equal(made.code, 0, made.stderr);
  }
  for (const [index, config] of configs.entries()) {
    const { stdout } = await output(kubectl, [`--kubeconfig=${config}`, "get", "namespaces", "--output=name"]);
    assert.deepEqual(
      stdout.split("\n").filter((line) => line.includes("only-in")),
      [`namespace/only-in-${index}`],
    );
  }
  for (const nested of both) nested.setup.stdin?.end();
  assert.deepEqual(await Promise.all(both.map((nested) => nested.ended)), [7, 7]);
});

test("SIGTERM reaches the command, which may still say how it ends", async (t) => {
  const script = 'process.on("SIGTERM", () => process.exit(3)); process.stdin.resume(); console.log("up");';
  const nested = startNested(t, [process.execPath, "-e", script]);
  assert.equal(await nested.line(), "up");
  nested.setup.kill("SIGTERM");
  assert.equal(await nested.ended, 3);
});

/** Id of the child whose command line has the word; throws when there is none. */
function childOf(of: number, word: string): number {
  const child = allProcesses().find(({ parent, command }) => command.includes(word) && parent === of);
  assert(child, `process ${of} has no child that runs ${word}`);
  return child.pid;
}
