import type { Cluster } from "../cluster/cluster.ts";

/** What to type in another terminal to use a cluster that stays. */
export const howToUse = ({ session }: Cluster): readonly string[] => [
  "",
  "The cluster stays until you press Ctrl-C. In another terminal:",
  `  export KUBECONFIG=${session.hostKubeconfig}`,
  "  kubectl get rz,rcl,nodes",
  "  kubectl explain rz.spec.nodes",
  "  kubectl -n payments run probe --image=example/app",
  `If kubectl is not installed, it is here: ${session.programs.kubectl}`,
];

/** Resolves at Ctrl-C or SIGTERM. */
export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
  });
