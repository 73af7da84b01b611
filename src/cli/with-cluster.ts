import type { Cluster } from "./cluster.ts";
import type { Given } from "./options.ts";
import type { Surroundings } from "./surroundings.ts";

/** Opens the cluster that kubectl's flags name, and closes it whatever comes. */
export const withCluster = async <T>(
  given: Given,
  { connect }: Surroundings,
  ask: (cluster: Cluster) => Promise<T>,
): Promise<T> => {
  const [kubeconfig, context] = [given.one("kubeconfig"), given.one("context")];
  const cluster = await connect({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  try {
    return await ask(cluster);
  } finally {
    await cluster.close();
  }
};
