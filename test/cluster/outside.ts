import { spawn } from "node:child_process";
import { once } from "node:events";
import type { PodNetwork } from "./pod-network.ts";
import { addPodNetwork, inNamespace } from "./pod-network.ts";

/** A host outside the cluster: a public (documentation) address with TCP servers that accept and close. */
export type OutsideHost = { readonly address: string; remove(): Promise<void> };

const server = `
  const { createServer } = require("node:net");
  const ports = process.argv.slice(1).map(Number);
  let waiting = ports.length;
  for (const port of ports) createServer((socket) => socket.on("error", () => {}).end("hello")).listen(port, () => --waiting || console.log("up"));
`;

/** Puts a host behind the cluster's edge; resolves when its ports accept connections. */
export const addOutsideHost = async (address: string, ports: readonly number[]): Promise<OutsideHost> => {
  const network: PodNetwork = await addPodNetwork(`host-${address.replaceAll(/[.:]/g, "-")}`, address);
  const words = [...inNamespace(network.namespace), process.execPath, "-e", server, ...ports.map(String)];
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...words], { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`the host ${address} did not start`))),
  ]);
  return {
    address,
    async remove() {
      if (child.kill("SIGKILL")) await once(child, "exit");
      await network.remove();
    },
  };
};
