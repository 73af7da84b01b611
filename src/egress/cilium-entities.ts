import { everything } from "../cidr/set.ts";
import { everybody, nobody } from "./flow.ts";
import type { Peers } from "./flow.ts";
import { clusterKey, thisCluster } from "./pod-set.ts";
import { only } from "./select.ts";

/** What is in a cluster and has no labels that a selector of pods could match. */
const inCluster: Readonly<Record<string, string>> = {
  host: "the node itself (entity host)",
  "remote-node": "another node (entity remote-node)",
  init: "a pod that is starting (entity init)",
  health: "Cilium's health check (entity health)",
  unmanaged: "a pod that Cilium does not manage (entity unmanaged)",
  ingress: "Cilium's ingress (entity ingress)",
  "kube-apiserver": "the API server (entity kube-apiserver)",
};

/** Who an entity of Cilium's is; undefined for what is none. */
export function entityPeers(entity: unknown, cluster: string | undefined): Peers | undefined {
  switch (entity) {
    case "all":
      return everybody;
    case "none":
      return nobody;
    case "world":
      return { ...nobody, addresses: everything };
    case "world-ipv4":
      return { ...nobody, addresses: { ...everything, v6: [] } };
    case "world-ipv6":
      return { ...nobody, addresses: { ...everything, v4: [] } };
    case "cluster":
      return {
        ...nobody,
        pods: [new Map([[clusterKey, only([cluster ?? thisCluster])]])],
        others: Object.values(inCluster),
      };
    default: {
      const name = typeof entity === "string" && Object.hasOwn(inCluster, entity) ? inCluster[entity] : undefined;
      return name === undefined ? undefined : { ...nobody, others: [name] };
    }
  }
}
