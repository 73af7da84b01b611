import { createHash } from "node:crypto";
import { ip, ipBatch } from "./network.ts";

/** A network namespace of its own on a routed veth: inside it 0.0.0.0 and localhost are the pod's own. */
export type PodNetwork = { readonly namespace: string; readonly address: string; remove(): Promise<void> };

// Link-local on the host's side of every veth: pods need a next hop, not a network.
const gateway = "169.254.1.1";

/** Makes the namespace and the route to it from the current network namespace; `id` is unique on this machine's session. */
export const addPodNetwork = async (id: string, address: string): Promise<PodNetwork> => {
  const namespace = `domicile-${id}`;
  const veth = `v${createHash("sha256").update(id).digest("hex").slice(0, 12)}`;
  await ipBatch([
    `netns add ${namespace}`,
    `link add ${veth} type veth peer name eth0 netns ${namespace}`,
    `addr add ${gateway}/32 dev ${veth}`,
    `link set ${veth} up`,
    `route replace ${address}/32 dev ${veth}`,
  ]);
  await ipBatch(
    [
      "link set lo up",
      `addr add ${address}/32 dev eth0`,
      "link set eth0 up",
      `route add ${gateway} dev eth0`,
      `route add default via ${gateway}`,
    ],
    namespace,
  );
  return { namespace, address, remove: () => ip(`netns delete ${namespace}`) };
};

/** The words that run a command in a namespace made here. */
export const inNamespace = (namespace: string): readonly string[] => ["nsenter", `--net=/run/netns/${namespace}`, "--"];
