import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { connect } from "./cluster/cluster.ts";
import { installDomicile, startHome, uninstallDomicile } from "./e2e/domicile.ts";

// Everything there is, on one control plane, and what brings and takes away Domicile on control planes of its own. Arguments name test files instead: `npm test -- test/e2e/pods.test.ts`.

const root = join(import.meta.dirname, "..");
const bin = (name: string): string => join(root, "node_modules", ".bin", name);
const say = (line: string): void => void process.stdout.write(`\n== ${line}\n`);

/** A phase or a lane that has not ended by then never will: several times what the longest takes, and well below what CI has. */
const within = { timeout: 25 * 60_000, killSignal: "SIGKILL" } as const;

const run = async (program: string, args: readonly string[]): Promise<boolean> => {
  const child = spawn(program, args, { cwd: root, stdio: "inherit", ...within });
  const [code] = await once(child, "exit");
  return code === 0;
};

// A test that waits for something that never comes is ended, and said, long before CI is: the slowest takes some three
// minutes. A file whose process does not end is ended too.
const limits = ["--test-timeout=600000", "--import=./test/stragglers.ts"];

const tests = (...patterns: readonly string[]): Promise<boolean> =>
  run(bin("node"), ["--test", "--test-reporter=spec", ...limits, ...patterns]);

const check = async (): Promise<boolean> => {
  const results = [
    await run(bin("tsc"), ["--noEmit"]),
    await run(bin("oxlint"), ["--deny-warnings"]),
    await run(bin("oxfmt"), ["--check"]),
  ];
  return results.every(Boolean);
};

/** Tests of a cluster in which Domicile is installed; they share it, each with zones and namespaces of its own. */
const withDomicile = async (...patterns: readonly string[]): Promise<boolean> => {
  const cluster = await connect();
  const home = await startHome(cluster);
  try {
    await installDomicile(cluster);
    const passed = await tests(...patterns);
    await uninstallDomicile(cluster);
    return passed;
  } finally {
    await home.stop();
    await cluster.close();
  }
};

/**
 * Files on a control plane of their own, beside whatever else runs: they bring and take away Domicile, and mostly wait
 * for leases and for processes to end. What they print is said when asked for.
 */
const apart = async (files: readonly string[]): Promise<() => boolean> => {
  const tested = [bin("node"), "--test", "--test-concurrency=1", "--test-reporter=spec", ...limits, ...files];
  const child = spawn(process.execPath, ["test/setup.mjs", "run", "--", ...tested], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    ...within,
  });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => void printed.push(text));
  const [code] = await once(child, "close");
  return () => {
    process.stdout.write(printed.join(""));
    if (code === null) say(`ended after ${within.timeout / 60_000} minutes: ${files.join(", ")}`);
    return code === 0;
  };
};

/** Runs the lanes, one for each processor at a time: more control planes only wait for one another. */
const runLanes = async (lanes: readonly (readonly string[])[]): Promise<readonly (() => boolean)[]> => {
  const left = lanes.values();
  const tellers: (() => boolean)[] = [];
  const one = async (): Promise<void> => {
    for (const files of left) tellers.push(await apart(files));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  return tellers;
};

type Phase = { readonly title: string; readonly run: () => Promise<boolean> };
const phasesOf = (lanes: readonly (readonly string[])[]): readonly Phase[] => {
  let beside: ReturnType<typeof runLanes> | undefined;
  return [
    { title: "types, lint, format", run: check },
    {
      title: "without Kubernetes",
      run: () =>
        tests(
          // The floods mostly wait: on two processors Node would run one file at a time, and the others after them.
          "--test-concurrency=3",
          "test/hostile/*.test.ts",
          "test/*.test.ts",
          "test/unit/**/*.test.ts",
        ),
    },
    {
      title: "on a control plane without Domicile",
      run: () => {
        // Not sooner: the floods measure who waits for whom, and would wait for the lanes.
        beside = runLanes(lanes);
        return tests(
          // They bring and take away the same cluster-wide things.
          "--test-concurrency=1",
          "test/kube/**/*.test.ts",
          "test/resources/**/*.test.ts",
          "test/native/**/*.test.ts",
        );
      },
    },
    { title: "with Domicile installed", run: () => withDomicile("--test-concurrency=4", "test/e2e/**/*.test.ts") },
    {
      title: "what ran beside: the cluster, the chart, installing, stopping, breaking and uninstalling",
      run: async () => ((await beside) ?? []).map((tell) => tell()).every(Boolean),
    },
  ];
};

/** What shares a control plane beside the first; the longest come first. */
const lanes: readonly (readonly string[])[] = [
  ["lifecycle/webhooks", "lifecycle/handover", "lifecycle/absence", "lifecycle/installations", "load/*", "soak/*"],
  // Packets last: they leave their cluster as it is.
  ["lifecycle/upgrade", "lifecycle/rollover", "lifecycle/install", "lifecycle/manifests", "packets/*"],
  ["lifecycle/cold-start", "lifecycle/definitions", "lifecycle/gitops", "lifecycle/probe", "lifecycle/cert-manager"],
  // For all but the first of these no Domicile is installed, and the cluster's own tests start clusters inside this one.
  ["lifecycle/uninstall", "cluster-tests/*", "chart/*", "monitoring/*"],
];

/** The files of each lane; a file that no lane names would never run, so that is an error. */
const laneFiles = (): readonly (readonly string[])[] => {
  const filesOf = (pattern: string): readonly string[] => globSync(`test/${pattern}.test.ts`, { cwd: root });
  const chosen = lanes.map((patterns) => patterns.flatMap((pattern) => filesOf(pattern)));
  const left = filesOf("@(lifecycle|load|soak|packets|cluster-tests|chart|monitoring)/*").filter(
    (file) => !chosen.flat().includes(file),
  );
  if (left.length > 0) throw new Error(`test/all.ts: no lane runs ${left.join(", ")}`);
  return chosen;
};

const everything = (): readonly Phase[] => phasesOf(laneFiles());

const named = process.argv.slice(2);
const chosen = named.length > 0 ? [{ title: named.join(" "), run: () => withDomicile(...named) }] : everything();

const failed: string[] = [];
for (const { title, run } of chosen) {
  say(title);
  if (!(await run())) failed.push(title);
}
say(failed.length === 0 ? "everything passed" : `failed: ${failed.join("; ")}`);
process.exit(failed.length === 0 ? 0 : 1);
