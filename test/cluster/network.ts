import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apiServerAddress, podRange } from "./addresses.ts";
import { output } from "./spawned.ts";

/** Runs ip(8) with words separated by spaces; rejects with what it said. */
export const ip = async (words: string): Promise<void> => {
  await promisify(execFile)("ip", words.split(" ")).catch((problem: { readonly stderr?: string }) => {
    throw new Error(`ip ${words}: ${problem.stderr?.trim() || String(problem)}`);
  });
};

/** Brings a fresh network namespace to where a control plane can run: loopback, its address, pods of KWOK's nodes, forwarding. */
export const prepareNetwork = async (): Promise<void> => {
  await ip("link set lo up");
  await ip(`addr add ${apiServerAddress}/32 dev lo`);
  // In the main table, not in `local`, which is read first: a pod that really runs is a longer route beside this one.
  await ip(`route add local ${podRange} dev lo table main`);
  await forward();
};

/** Runs several ip(8) commands in one process, in a named network namespace when given. */
export const ipBatch = async (commands: readonly string[], namespace?: string): Promise<void> => {
  const args = [...(namespace === undefined ? [] : ["-n", namespace]), "-batch", "-"];
  const { code, stderr } = await output("ip", args, { stdin: `${commands.join("\n")}\n` });
  if (code !== 0) throw new Error(`ip ${commands.join("; ")}: ${stderr.trim()}`);
};

/** The words that run a command in a named network namespace. */
export const inNamespace = (namespace: string): readonly string[] => ["nsenter", `--net=/run/netns/${namespace}`, "--"];

// Each is per network namespace. Errors are limited to some per second otherwise, and a refused packet would be silent.
const settings = [
  "net/ipv4/ip_forward=1",
  "net/ipv6/conf/all/forwarding=1",
  "net/ipv4/icmp_ratelimit=0",
  "net/ipv6/icmp/ratelimit=0",
];

/** What makes the current network namespace, or a named one, forward both families and refuse at once. */
export const forward = async (namespace?: string): Promise<void> => {
  const words = settings.map((setting) => {
    const [file, value] = setting.split("=");
    // A machine without IPv6 has no such files; whoever needs them is told by `packetsPossible`.
    return `[ ! -e /proc/sys/${file} ] || echo ${value} > /proc/sys/${file}`;
  });
  const [program = "sh", ...args] = [
    ...(namespace === undefined ? [] : inNamespace(namespace)),
    "sh",
    "-e",
    "-c",
    words.join("\n"),
  ];
  const { code, stderr } = await output(program, args);
  if (code !== 0) throw new Error(`forwarding in ${namespace ?? "the session"}: ${stderr}`);
};
