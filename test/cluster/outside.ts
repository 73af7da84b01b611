import { spawn } from "node:child_process";
import { once } from "node:events";
import { listener, type Ports } from "./listening.ts";
import { inNamespace, ip, ipBatch } from "./network.ts";
import { addPodNetwork, hostBlock } from "./pod-network.ts";

/** Hosts outside the cluster behind one namespace, each address one of them; `namespace` is theirs. */
export type OutsideHosts = {
  readonly addresses: readonly string[];
  readonly namespace: string;
  remove(): Promise<void>;
};

/** Puts hosts behind the cluster's edge, which answer at all their addresses; resolves when they do. */
export const addOutsideHosts = async (addresses: readonly string[], ports: Ports): Promise<OutsideHosts> => {
  const id = `host-${(addresses[0] ?? "").replaceAll(/[.:]/g, "-")}`;
  const network = await addPodNetwork(id, addresses);
  const remove = await listen(network.namespace, addresses, ports);
  return {
    addresses,
    namespace: network.namespace,
    async remove() {
      await remove();
      await network.remove();
    },
  };
};

/** Gives a network namespace more addresses, of its loopback, where it answers; gives what ends that. */
export const answerIn = async (
  namespace: string,
  addresses: readonly string[],
  ports: Ports,
): Promise<() => Promise<void>> => {
  await ipBatch(
    addresses.map((address) => `addr add ${hostBlock(address)} dev lo`),
    namespace,
  );
  const remove = await listen(namespace, addresses, ports);
  return async () => {
    await remove();
    for (const address of addresses) await ip(`-n ${namespace} addr del ${hostBlock(address)} dev lo`);
  };
};

const listen = async (namespace: string, addresses: readonly string[], ports: Ports): Promise<() => Promise<void>> => {
  const words = [...inNamespace(namespace), ...listener(addresses, ports)];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`nobody answers at ${addresses.join(", ")}`))),
  ]);
  return async () => {
    if (child.kill("SIGKILL")) await once(child, "exit");
  };
};
