import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "./client.ts";
import { must } from "./client.ts";
import { kubeletPort } from "./kubelet-server.ts";
import { ref } from "./objects.ts";

const leaseSeconds = 40;

/** Writes a node's Ready condition now and renews its Lease every 10 s until the signal aborts, both as the node itself. */
export const keepNodeAlive = async (
  node: Client,
  name: string,
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly ended: Promise<void> }> => {
  await writeStatus(node, name, addresses);
  await renewLease(node, name);
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(10_000, undefined, { signal, ref: false }).catch(() => {});
      // The API server may be away on purpose; the next beat comes soon enough.
      if (!signal.aborted)
        await Promise.all([writeStatus(node, name, addresses), renewLease(node, name)]).catch(() => {});
    }
  };
  return { ended: loop() };
};

const writeStatus = async (node: Client, name: string, addresses: readonly string[]): Promise<void> => {
  const now = new Date().toISOString();
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    message: "harness kubelet",
    lastHeartbeatTime: now,
  });
  const capacity = { cpu: "32", memory: "128Gi", pods: "250", "ephemeral-storage": "100Gi" };
  const status = {
    capacity,
    allocatable: capacity,
    // No Hostname: the API server would look it up before it tries the address.
    addresses: addresses.map((address) => ({ type: "InternalIP", address })),
    daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
    conditions: [
      condition("Ready", "True", "KubeletReady"),
      condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
      condition("PIDPressure", "False", "KubeletHasSufficientPID"),
    ],
  };
  await must(node.patch(ref("v1", "Node", name), { status }, { subresource: "status", type: "strategic" }));
};

const renewLease = async (node: Client, name: string): Promise<void> => {
  const lease = {
    ...ref("coordination.k8s.io/v1", "Lease", name, "kube-node-lease"),
    spec: {
      holderIdentity: name,
      leaseDurationSeconds: leaseSeconds,
      renewTime: new Date().toISOString().replace("Z", "000Z"),
    },
  };
  await must(node.apply(lease, { fieldManager: "harness-kubelet", force: true }));
};
