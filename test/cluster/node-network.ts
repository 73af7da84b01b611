import { forward, ip } from "./network.ts";
import type { PodNetwork } from "./pod-network.ts";
import { addPodNetwork } from "./pod-network.ts";

/** A node with a network of its own, so that it has its own enforcer: addresses of both families, and routes to its pods. */
export const addNodeNetwork = async (id: string, addresses: readonly string[]): Promise<PodNetwork> => {
  const network = await addPodNetwork(`node-${id}`, addresses);
  await forward(network.namespace);
  return network;
};

/** Sends what is for a node's pods to the node; blocks of both families. */
export const routePods = async ({ addresses, device }: PodNetwork, blocks: readonly string[]): Promise<void> => {
  for (const block of blocks) {
    const via = addresses.find((address) => address.includes(":") === block.includes(":"));
    if (via !== undefined) await ip(`route replace ${block} via ${via} dev ${device} onlink`);
  }
};
