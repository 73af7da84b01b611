import { createHash } from "node:crypto";
import { ip, ipBatch } from "./network.ts";

/** A network namespace of its own on a routed veth: inside it 0.0.0.0 and localhost are the pod's own. */
export type PodNetwork = {
  readonly namespace: string;
  readonly addresses: readonly string[];
  /** The interface that leads to it, on the side it was made from. */
  readonly device: string;
  remove(): Promise<void>;
};

// Link-local on the host's side of every veth: pods need a next hop, not a network.
const gateway = "169.254.1.1";
const gateway6 = "fe80::1";

const isSix = (address: string): boolean => address.includes(":");
/** An address as a block of its own. */
export const hostBlock = (address: string): string => `${address}/${isSix(address) ? 128 : 32}`;

/**
 * Makes the namespace, with addresses of one or both families, and the routes to it from a namespace made here, or from
 * the current one; `id` is unique on this machine's session.
 */
export const addPodNetwork = async (id: string, addresses: readonly string[], from?: string): Promise<PodNetwork> => {
  const namespace = `domicile-${id}`;
  const device = `v${createHash("sha256").update(id).digest("hex").slice(0, 12)}`;
  const six = addresses.some(isSix);
  await ip(`netns add ${namespace}`);
  await ipBatch(
    [
      `link add ${device} type veth peer name eth0 netns ${namespace}`,
      `addr add ${gateway}/32 dev ${device}`,
      // Nobody else is on a veth, so nobody need be asked whether an address is taken.
      ...(six ? [`addr add ${gateway6}/64 dev ${device} nodad`] : []),
      `link set ${device} up`,
      ...addresses.map((address) => `route replace ${hostBlock(address)} dev ${device}`),
    ],
    from,
  );
  await ipBatch(
    [
      "link set lo up",
      ...addresses.map((address) => `addr add ${hostBlock(address)} dev eth0${isSix(address) ? " nodad" : ""}`),
      // What it forwards for others it must be able to ask for as itself.
      ...(six ? ["addr add fe80::2/64 dev eth0 nodad"] : []),
      "link set eth0 up",
      `route add ${gateway} dev eth0`,
      `route add default via ${gateway}`,
      ...(six ? [`route add default via ${gateway6} dev eth0`] : []),
    ],
    namespace,
  );
  return { namespace, addresses, device, remove: () => ip(`netns delete ${namespace}`) };
};
