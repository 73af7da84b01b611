#!/usr/bin/env node
import { basename } from "node:path";
import { run } from "./cli/run.ts";
import { Stop } from "./cli/stop.ts";

// Whoever reads what is said may have heard enough, as head does.
process.stdout.on("error", (problem: NodeJS.ErrnoException) => {
  if (problem.code !== "EPIPE") throw problem;
});

process.exitCode = await run(process.argv.slice(2), {
  // kubectl runs a plugin by the name of its file.
  program: basename(process.argv[1] ?? "").startsWith("kubectl-") ? "kubectl domicile" : "domicile",
  stdin: process.stdin,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  ends: (ms) => {
    const interrupted = new AbortController();
    const stop = new Stop("unanswered", "interrupted; what was made in the cluster is being deleted.");
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort(stop));
    return AbortSignal.any([interrupted.signal, AbortSignal.timeout(ms)]);
  },
  connect: async (flags) => (await import("./cli/cluster.ts")).openCluster(flags),
});
