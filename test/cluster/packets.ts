import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import type { Kubelet, PodName } from "./kubelet.ts";

/** What a TCP connection from a pod met: an answer, a refusal (the enforcer's REJECT, or nobody there), or silence for 2 s. */
export type Met = "open" | "refused" | "silent";

/** Whether packets can be tested here, and if not what is missing, as the end of a sentence. */
export const packetsPossible = (cluster: Cluster): true | { readonly why: string } => {
  if (readOuterUser() !== 0) return { why: "this needs root on the machine itself" };
  if (cluster.session.programs["kube-router"] === undefined)
    return { why: "kube-router was not made ready, as iptables or ipset is missing" };
  for (const [program, args] of tools) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    if (error) return { why: `${program} is missing (apt-get install iptables ipset)` };
    if (status !== 0) return { why: `${program} does not work here: ${stderr.trim().split("\n").at(-1)}` };
  }
  return true;
};

const tools: readonly (readonly [string, readonly string[]])[] = [
  ["iptables", ["-t", "filter", "-S"]],
  ["ipset", ["list", "-n"]],
];

// Inside a user namespace everyone is root; the map says who we are outside.
const readOuterUser = (): number => Number(readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[1]);

const client = `
  const [address, port] = process.argv.slice(1);
  const socket = require("node:net").connect({ host: address, port: Number(port) });
  const say = (word) => { console.log(word); process.exit(); };
  socket.on("connect", () => say("open")).on("error", () => say("refused"));
  setTimeout(() => say("silent"), 2000);
`;

/** Opens one TCP connection from a pod. */
export const probe = async (node: Kubelet, pod: PodName, address: string, port: number): Promise<Met> => {
  const { stdout, stderr } = await node.exec(pod, [process.execPath, "-e", client, address, String(port)]);
  const met = stdout.trim();
  if (met === "open" || met === "refused" || met === "silent") return met;
  throw new Error(`the probe from ${pod.namespace}/${pod.name} did not run: ${stderr}`);
};

/** Probes until the answer is the wanted one, or 60 s have passed; what was met last. The kernel's rules cannot be watched. */
export const probeUntil = async (
  node: Kubelet,
  pod: PodName,
  address: string,
  port: number,
  wanted: Met,
): Promise<Met> => {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const met = await probe(node, pod, address, port);
    if (met === wanted || performance.now() > deadline) return met;
    await pause(200);
  }
};

/** For `run` of a kubelet whose pods only need to exist: a process that waits to be ended. */
export const idle = (): readonly string[] => [
  process.execPath,
  "-e",
  'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1 << 30); console.log("idle")',
];
