import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { askUntil } from "./asking.ts";
import type { Cluster } from "./cluster.ts";
import type { Kubelet, PodName } from "./kubelet.ts";
import { inNamespace } from "./network.ts";
import { output } from "./spawned.ts";

/**
 * What a packet met: an answer, a refusal (the enforcer's REJECT, or nobody there), no way there, or silence for 15 s,
 * which only a packet that was dropped meets.
 */
export type Met = "open" | "refused" | "unreachable" | "silent";

/** Where a packet is sent, by TCP unless it says otherwise, and from which of the sender's addresses. */
export type Target = {
  readonly address: string;
  readonly port: number;
  readonly protocol?: "TCP" | "UDP";
  readonly source?: string;
};

/** Whether packets of IPv4, or of both families, can be tested here, and if not what is missing, as the end of a sentence. */
export const packetsPossible = (
  cluster: Cluster,
  families: "IPv4" | "both" = "IPv4",
): true | { readonly why: string } => {
  if (readOuterUser() !== 0) return { why: "this needs root on the machine itself" };
  if (cluster.session.programs["kube-router"] === undefined)
    return { why: "kube-router was not made ready, as iptables or ipset is missing" };
  for (const [program, args] of families === "both" ? [...tools, ...tools6] : tools) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    if (error) return { why: `${program} is missing (apt-get install iptables ipset)` };
    if (status !== 0) return { why: `${program} does not work here: ${stderr.trim().split("\n").at(-1)}` };
  }
  if (families === "both" && !existsSync("/proc/sys/net/ipv6")) return { why: "this kernel runs without IPv6" };
  return true;
};

type Tool = readonly [string, readonly string[]];
const tools: readonly Tool[] = [
  ["iptables", ["-t", "filter", "-S"]],
  ["ipset", ["list", "-n"]],
];
const tools6: readonly Tool[] = [
  ["ip6tables", ["-t", "filter", "-S"]],
  ["iptables", ["-t", "nat", "-S"]],
];

// Inside a user namespace everyone is root; the map says who we are outside.
const readOuterUser = (): number => Number(readFileSync("/proc/self/uid_map", "utf8").trim().split(/\s+/)[1]);

// A datagram is sent again each second, as nobody else does it; TCP does it itself.
const client = `
  const targets = JSON.parse(process.argv[1]);
  const words = { ECONNREFUSED: "refused", ETIMEDOUT: "silent" };
  const said = ({ code }) => words[code] ?? "unreachable";
  const byTcp = ({ address, port, source }, say) => {
    const socket = require("node:net").connect({ host: address, port, localAddress: source });
    socket.on("connect", () => say("open")).on("error", (problem) => say(said(problem)));
    return () => socket.destroy();
  };
  const byUdp = ({ address, port, source }, say) => {
    const socket = require("node:dgram").createSocket(address.includes(":") ? "udp6" : "udp4");
    const send = () => socket.send("hello", (problem) => problem && say(said(problem)));
    let again;
    if (source) socket.bind(0, source);
    socket.on("message", () => say("open")).on("error", (problem) => say(said(problem)));
    socket.connect(port, address, (problem) => {
      if (problem) return say(said(problem));
      send();
      again = setInterval(send, 1000);
    });
    return () => (clearInterval(again), socket.close());
  };
  const meet = (target) => new Promise((resolve) => {
    const last = setTimeout(() => say("silent"), 15000);
    let done = false;
    const say = (word) => {
      if (done) return;
      done = true;
      clearTimeout(last);
      resolve(word);
      setImmediate(() => end());
    };
    const end = (target.protocol === "UDP" ? byUdp : byTcp)(target, say);
  });
  Promise.all(targets.map(meet)).then((all) => { console.log(JSON.stringify(all)); process.exit(); });
`;

/** Sends one packet to each target at once, from a network namespace of this machine; what each met, in order. */
export const probeFrom = async (namespace: string, targets: readonly Target[]): Promise<readonly Met[]> => {
  const [program = "false", ...args] = inNamespace(namespace);
  const { stdout, stderr } = await output(program, [...args, ...asking(targets)]);
  return read(stdout, stderr, namespace);
};

/** Sends one packet to each target at once, from a pod; what each met, in order. */
export const probeAll = async (node: Kubelet, pod: PodName, targets: readonly Target[]): Promise<readonly Met[]> => {
  const { stdout, stderr } = await node.exec(pod, asking(targets));
  return read(stdout, stderr, `${pod.namespace}/${pod.name}`);
};

const asking = (targets: readonly Target[]): readonly string[] => [
  process.execPath,
  "-e",
  client,
  JSON.stringify(targets),
];

const read = (stdout: string, stderr: string, from: string): readonly Met[] => {
  if (stdout === "") throw new Error(`the probe from ${from} did not run: ${stderr}`);
  return JSON.parse(stdout) as readonly Met[];
};

/** Opens one TCP connection from a pod. */
export const probe = async (node: Kubelet, pod: PodName, address: string, port: number): Promise<Met> =>
  (await probeAll(node, pod, [{ address, port }]))[0] ?? "silent";

/** Probes until the answer is the wanted one, or rejects after 60 s. The kernel's rules cannot be watched. */
export const probeUntil = (node: Kubelet, pod: PodName, address: string, port: number, wanted: Met): Promise<Met> =>
  askUntil(
    () => probe(node, pod, address, port),
    (met) => met === wanted,
    { describe: `${pod.namespace}/${pod.name} meets ${wanted} at ${address} port ${port}` },
  );

/** For `run` of a kubelet whose pods only need to exist: a process that waits to be ended. */
export const idle = (): readonly string[] => ["sleep", "infinity"];
