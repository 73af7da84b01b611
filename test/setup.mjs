// Runs on whatever Node the machine has (18 or later): makes everything else ready, then hands over to the project's
// own Node 26. Plain JavaScript without dependencies, because there are none yet.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules", ".bin", "node");
const isRoot = process.getuid?.() === 0;

// Every verb: what Node 26 runs, and what the programs it needs are for (`Purpose` in cluster/catalog.ts); without any it
// needs no cluster. More arguments are appended.
const verbs = {
  unit: { args: ["--test", "test/*.test.ts", "test/unit/**/*.test.ts"], needs: [] },
  cluster: { args: ["test/demo/cluster.ts"], needs: ["cluster"] },
  test: { args: ["test/all.ts"], needs: ["cluster", "tests"] },
  demo: { args: ["test/demo/main.ts"], needs: ["cluster"] },
  bench: { args: ["test/bench/main.ts"], needs: ["cluster"] },
  run: { args: [], needs: ["cluster", "tests"] },
};

const say = (line) => console.error(`domicile: ${line}`);
const refuse = (sentence) => {
  say(sentence);
  process.exit(1);
};

const needLinux = () => {
  if (process.platform !== "linux")
    refuse(
      `This runs Kubernetes' own programs, which are Linux programs, and this is ${process.platform}: use a Linux machine or virtual machine, or run only \`node test/setup.mjs unit\`.`,
    );
};

/** The words that put a command into namespaces of its own; /run is fresh so that `ip netns` works without root. */
const namespaces = [
  ...(isRoot ? [] : ["--map-root-user"]),
  "--net",
  "--mount",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
];
const inside = 'mount -t tmpfs tmpfs /run && exec "$@"';

const needNamespaces = () => {
  const probe = spawnSync("unshare", [...namespaces, "sh", "-c", inside, "sh", "ip", "link", "set", "lo", "up"], {
    encoding: "utf8",
  });
  if (probe.status === 0) return;
  const why = probe.error
    ? "unshare is missing (package util-linux)"
    : (probe.stderr || "no reason given").trim().split("\n").pop();
  refuse(
    `Network namespaces cannot be made here (${why}): ${isRoot ? "run where the kernel and the container runtime allow unshare (a virtual machine, or a privileged container), with iproute2 installed" : "run as root, or allow them with `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 user.max_user_namespaces=10000`, with iproute2 installed"}.`,
  );
};

const needDependencies = () => {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".domicile-lock");
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say(
    `installing dependencies and Node 26 with \`npm ci\`: usually half a minute, kept in ${join(root, "node_modules")}`,
  );
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (npm.error)
    refuse("npm is missing: install Node.js 18 or later with npm from https://nodejs.org, then run this again.");
  if (npm.status !== 0)
    refuse("`npm ci` failed, for the reason above: check the network and the registry npm uses, then run this again.");
  writeFileSync(stamp, lock);
};

const onPath = (name) =>
  (process.env.PATH ?? "").split(delimiter).some((folder) => folder && existsSync(join(folder, name)));

const needPrograms = (purposes) => {
  // Packets are tested where the enforcer's tools are there: only then is it worth building.
  const packets = isRoot && onPath("iptables") && onPath("ipset") ? ["packets"] : [];
  const made = spawnSync(node, ["test/cluster/programs.ts", ...purposes, ...packets], { cwd: root, stdio: "inherit" });
  if (made.status !== 0) process.exit(1);
};

/** Pods of Domicile run what ships. */
const needBundle = () => {
  const made = spawnSync(node, ["build/bundle.ts"], { cwd: root, stdio: "inherit" });
  if (made.status !== 0) process.exit(1);
};

// The process namespace is part of the name: a session inside a session must not take the outer one's folder for a dead one's.
const prefix =
  process.platform === "linux" ? `domicile-run-${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}-` : "";

/** Folders of runs that were killed together with everything that could have removed them. */
const sweep = () => {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const pid = Number(name.slice(prefix.length).split("-")[0]);
    if (existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
};

const openHostPort = async (folder) => {
  const server = createServer((near) => {
    const far = connect(join(folder, "api.sock"));
    near.pipe(far).pipe(near);
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server.address().port;
};

const runInSession = async (command) => {
  sweep();
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  const env = { ...process.env, DOMICILE_RUN_FOLDER: folder, DOMICILE_HOST_PORT: String(await openHostPort(folder)) };
  const words = [...namespaces, "sh", "-c", inside, "sh", node, "test/cluster/session.ts", "--", ...command];
  // A session of its own, so that Ctrl-C arrives once, here, and reaches the inside through the lifeline (descriptor 3);
  // when this process dies, even by SIGKILL, the lifeline ends and the inside with it.
  const child = spawn("unshare", words, {
    cwd: root,
    env,
    detached: true,
    stdio: ["inherit", "inherit", "inherit", "pipe"],
  });
  child.stdio[3].on("error", () => {});
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.stdio[3].write(`${signal}\n`));
  const [code, signal] = await new Promise((ended) => child.on("exit", (...how) => ended(how)));
  if (process.env.DOMICILE_KEEP_LOGS) say(`logs of the control plane: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 128 + constants.signals[signal]);
};

/** The words without `--kubernetes MINOR`, which sets DOMICILE_KUBERNETES (a row of cluster/versions.ts) for everything below. */
const takeMinor = (words) => {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const at = words.slice(0, end).indexOf("--kubernetes");
  if (at < 0) return words;
  if (at + 1 >= end) refuse("say which Kubernetes, for example --kubernetes 1.34");
  process.env.DOMICILE_KUBERNETES = words[at + 1];
  return [...words.slice(0, at), ...words.slice(at + 2)];
};

const [verb = "", ...rest] = takeMinor(process.argv.slice(2));
const chosen = verbs[verb];
if (!chosen) refuse(`say what to run: node test/setup.mjs ${Object.keys(verbs).join("|")} [arguments]`);
const inCluster = chosen.needs.length > 0;
if (inCluster) {
  needLinux();
  needNamespaces();
}
needDependencies();
if (inCluster) {
  needPrograms(chosen.needs);
  needBundle();
}
// Every file of tests is a process, which would strip and compile all that it imports anew. Pods get no such variable.
process.env.NODE_COMPILE_CACHE ??= join(root, "node_modules", ".cache", "node");
const args = rest[0] === "--" ? rest.slice(1) : rest;
const command = verb === "run" ? args : [node, ...chosen.args, ...args];
if (inCluster) await runInSession(command);
else process.exit(spawnSync(command[0], command.slice(1), { cwd: root, stdio: "inherit" }).status ?? 1);
