import type { DaemonSetFacts } from "../zone/facts.ts";

/** A part of a cluster's network as its own manifests install it, and whether it enforces NetworkPolicy. */
type Known = {
  readonly product: string;
  readonly daemonSets: readonly string[];
  /** The namespaces of its own manifests and charts. Elsewhere it is not believed: anybody may call a DaemonSet so. */
  readonly namespaces: readonly string[];
  /** The container that does it; without it, whatever the DaemonSet is called, it does not. */
  readonly container?: string;
  readonly enforces: boolean;
  /** The argument by which its own operator has switched enforcing off. */
  readonly offBy?: RegExp;
};

const kubeSystem = ["kube-system"];

/**
 * By name and container as upstream installs them; images are often mirrored under other names. The first that fits
 * counts, so what enforces beside a plugin that does not comes before it.
 */
const table: readonly Known[] = [
  {
    product: "Calico",
    daemonSets: ["calico-node", "canal", "rke2-canal"],
    namespaces: ["calico-system", ...kubeSystem],
    container: "calico-node",
    enforces: true,
  },
  {
    product: "Cilium",
    daemonSets: ["cilium"],
    namespaces: ["cilium", "cilium-system", ...kubeSystem],
    container: "cilium-agent",
    enforces: true,
  },
  {
    product: "kube-router",
    daemonSets: ["kube-router"],
    namespaces: kubeSystem,
    container: "kube-router",
    enforces: true,
    offBy: /^--run-firewall=(?:0|f|F|false|False|FALSE)$/,
  },
  {
    product: "Antrea",
    daemonSets: ["antrea-agent"],
    namespaces: kubeSystem,
    container: "antrea-agent",
    enforces: true,
  },
  {
    product: "OVN-Kubernetes",
    daemonSets: ["ovnkube-node"],
    namespaces: ["ovn-kubernetes", "openshift-ovn-kubernetes"],
    container: "ovn-controller",
    enforces: true,
  },
  {
    product: "Weave Net",
    daemonSets: ["weave-net"],
    namespaces: kubeSystem,
    container: "weave-npc",
    enforces: true,
  },
  {
    product: "kube-network-policies",
    daemonSets: ["kube-network-policies", "kube-flannel-ds"],
    namespaces: ["kube-flannel", ...kubeSystem],
    container: "kube-network-policies",
    enforces: true,
  },
  {
    product: "flannel",
    daemonSets: ["kube-flannel-ds"],
    namespaces: ["kube-flannel", ...kubeSystem],
    enforces: false,
  },
  {
    product: "OCI VCN-native pod networking",
    daemonSets: ["vcn-native-ip-cni"],
    namespaces: kubeSystem,
    enforces: false,
  },
];

/** What a DaemonSet is known for. */
export type Recognised = {
  readonly product: string;
  readonly daemonSet: DaemonSetFacts;
  readonly enforces: boolean;
  /** The image of the container that does it. */
  readonly image: string | undefined;
  /** The argument that switches enforcing off. */
  readonly offBy: string | undefined;
};

/** What a DaemonSet is known for; undefined for any other. What enforces works on its node's network. */
export const recognise = (daemonSet: DaemonSetFacts): Recognised | undefined => {
  for (const { product, daemonSets, namespaces, container, enforces, offBy } of table) {
    if (!daemonSets.includes(daemonSet.name) || !namespaces.includes(daemonSet.namespace)) continue;
    if (enforces && !daemonSet.hostNetwork) continue;
    const worker = daemonSet.containers.find(({ name }) => name === container);
    if (container !== undefined && worker === undefined) continue;
    const off = worker?.args.find((arg) => offBy?.test(arg) === true);
    return { product, daemonSet, enforces: enforces && off === undefined, image: worker?.image, offBy: off };
  }
  return undefined;
};

/** Every product that is known to enforce, for the sentence that says none is there. */
export const knownEnforcers: readonly string[] = table.filter(({ enforces }) => enforces).map(({ product }) => product);
