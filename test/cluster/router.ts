import { join } from "node:path";
import { serviceRange } from "./addresses.ts";
import type { Cluster } from "./cluster.ts";
import { component } from "./component.ts";
import type { Kubelet } from "./kubelet.ts";
import { output } from "./spawned.ts";
import { answers } from "./ready.ts";

/** kube-router as the enforcer of NetworkPolicies for one node's pods. */
export type Router = { readonly logFile: string; stop(): Promise<void> };

/** Starts kube-router for a node of the harness kubelet; resolves when its rules are in the kernel. */
export const startRouter = async (cluster: Cluster, node: Kubelet): Promise<Router> => {
  const { session } = cluster;
  const logFile = join(session.folder, "logs", `kube-router-${node.nodeName}.log`);
  const router = component({
    name: "kube-router",
    program: session.programs["kube-router"] ?? "kube-router",
    logFile,
    env: { PATH: process.env["PATH"], HOME: session.folder },
    args: [
      `--kubeconfig=${session.kubeconfig}`,
      `--hostname-override=${node.nodeName}`,
      "--run-firewall=true",
      "--run-router=false",
      "--run-service-proxy=false",
      "--run-loadbalancer=false",
      "--enable-cni=false",
      `--service-cluster-ip-range=${serviceRange}`,
      "--iptables-sync-period=5m",
      "--health-port=0",
      "--metrics-port=0",
    ],
    ready: () => answers(async () => (await rules()).includes("KUBE-ROUTER-FORWARD"), 60_000, "kube-router"),
  });
  await router.start();
  return {
    logFile,
    async stop() {
      await router.stop();
      // Nothing else has rules in this namespace; what kube-router leaves would hit later pods with the same addresses.
      await output("iptables", ["-t", "filter", "-F"]);
      await output("iptables", ["-t", "filter", "-X"]);
      await output("ipset", ["destroy"]);
    },
  };
};

const rules = async (): Promise<string> => (await output("iptables-save", ["-t", "filter"])).stdout;
