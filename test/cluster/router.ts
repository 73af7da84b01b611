import { join } from "node:path";
import { serviceRange } from "./addresses.ts";
import type { Cluster } from "./cluster.ts";
import { component } from "./component.ts";
import type { Kubelet } from "./kubelet.ts";
import { inNamespace } from "./network.ts";
import { output } from "./spawned.ts";
import { answers } from "./ready.ts";

/** kube-router as the enforcer of NetworkPolicies for one node's pods. */
export type Router = { readonly logFile: string; stop(): Promise<void> };

/** Starts kube-router for a node of the harness kubelet, in the node's own network where it has one, and then for both families; resolves when its rules are in the kernel. */
export const startRouter = async (cluster: Cluster, node: Kubelet): Promise<Router> => {
  const { session } = cluster;
  const { network } = node;
  const words = (program: string, ...args: readonly string[]): readonly string[] => [
    ...(network === undefined ? [] : inNamespace(network)),
    program,
    ...args,
  ];
  const run = ([program = "false", ...args]: readonly string[]) => output(program, args);
  const logFile = join(session.folder, "logs", `kube-router-${node.nodeName}.log`);
  const [program = "false", ...args] = words(
    session.programs["kube-router"] ?? "kube-router",
    `--kubeconfig=${session.kubeconfig}`,
    `--hostname-override=${node.nodeName}`,
    "--run-firewall=true",
    "--run-router=false",
    "--run-service-proxy=false",
    "--run-loadbalancer=false",
    "--enable-cni=false",
    `--service-cluster-ip-range=${serviceRange}`,
    ...(network === undefined ? [] : ["--enable-ipv6=true"]),
    "--iptables-sync-period=5m",
    "--health-port=0",
    "--metrics-port=0",
  );
  const tables = network === undefined ? ["iptables"] : ["iptables", "ip6tables"];
  const stands = async (): Promise<boolean> => {
    const saved = await Promise.all(tables.map((table) => run(words(`${table}-save`, "-t", "filter"))));
    return saved.every(({ stdout }) => stdout.includes("KUBE-ROUTER-FORWARD"));
  };
  const router = component({
    name: "kube-router",
    program,
    logFile,
    env: { PATH: process.env["PATH"], HOME: session.folder },
    args,
    ready: () => answers(stands, 60_000, "kube-router"),
  });
  await router.start();
  return {
    logFile,
    async stop() {
      await router.stop();
      // Nothing else has rules in this namespace; what kube-router leaves would hit later pods with the same addresses.
      for (const table of tables) {
        await run(words(table, "-t", "filter", "-F"));
        await run(words(table, "-t", "filter", "-X"));
      }
      await run(words("ipset", "destroy"));
    },
  };
};
