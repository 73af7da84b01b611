import type { Labels, NetworkPolicySpec } from "../api/kubernetes.ts";
import type { Cidr } from "../cidr/block.ts";
import type { Parsed } from "./problem.ts";
import type { Statement } from "./statement.ts";

/**
 * What is kept of a Node: its claims about where it is, and nothing else. No resourceVersion: with it every heartbeat
 * would be a change, and every zone would judge every node again.
 */
export type NodeFacts = {
  readonly name: string;
  readonly uid: string;
  /** Milliseconds since 1970; of two nodes with one providerID the older keeps it. */
  readonly created: number;
  readonly deleting: boolean;
  readonly providerID: string | undefined;
  /** The four location labels, our own labels, and markers of virtual nodes. */
  readonly labels: Labels;
  readonly taintKeys: readonly string[];
  readonly podCIDRs: readonly string[];
  /** Internal and external ones: at each of them, and at its node ports, this cluster answers. */
  readonly addresses: readonly string[];
  /** status.nodeInfo.machineID, which the kubelet reports. */
  readonly machineID: string | undefined;
};

/** What is kept of a NodeAttestation. Nothing in it is believed before its signature was checked. */
export type AttestationFacts = {
  readonly name: string;
  readonly uid: string;
  /** The signed bytes in base64. */
  readonly payload: string;
  /** Signatures in base64, each by the name of its key. */
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
  readonly statement: Parsed<Statement>;
};

/** What is kept of a Namespace. */
export type NamespaceFacts = {
  readonly name: string;
  readonly uid: string;
  readonly zone: string | undefined;
  readonly sealed: string | undefined;
  readonly podSecurity: string | undefined;
  readonly deleting: boolean;
};

/**
 * The controller that makes a pod anew when it goes. Of a Deployment's pods that is a ReplicaSet; `deployment` is the
 * Deployment's name, as far as the ReplicaSet's name tells.
 */
export type Owner = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly deployment: string | undefined;
};

/** What is kept of a Pod. Replicas keep all pods of the cluster, so every field here is 50,000 of them. */
export type PodFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Milliseconds since 1970, to the second. */
  readonly created: number;
  /** The node it is bound to. */
  readonly node: string | undefined;
  /** The zones whose selector it carries. */
  readonly selects: readonly string[];
  /** Its addresses as its kubelet reports them, if it carries a zone's selector; of others nobody asks. */
  readonly addresses: readonly string[];
  /** The zone that its own label names, which decides nothing. */
  readonly labelled: string | undefined;
  /** Succeeded or Failed: it holds no data any more. */
  readonly ended: boolean;
  /** Its deletion was asked for. */
  readonly deleting: boolean;
  readonly ready: boolean;
  readonly owner: Owner | undefined;
  /** It shows a static pod, which its kubelet runs whatever becomes of this object. */
  readonly mirror: boolean;
  /** A container of it is privileged, or it mounts a path of its node: it can read what other pods there hold. */
  readonly reachesNode: boolean;
};

/** What is kept of a DaemonSet: by what it is known for a part of the cluster's network. */
export type DaemonSetFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Its pods share their node's network. */
  readonly hostNetwork: boolean;
  readonly containers: readonly { readonly name: string; readonly image: string; readonly args: readonly string[] }[];
};

/** What is kept of a PersistentVolumeClaim, or of a PersistentVolume that one has claimed: in whose namespace data lies. */
export type StorageFacts = { readonly kind: "claim" | "volume"; readonly namespace: string; readonly name: string };

/** What is kept of a NetworkPolicy. Ours are compared with what is compiled, those of others with what their zone allows. */
export type PolicyFacts = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Milliseconds since 1970, to the second. */
  readonly created: number;
  readonly labels: Labels;
  /** As stored: the API server leaves empty lists out, and what others wrote may have any shape. */
  readonly spec: Partial<NetworkPolicySpec>;
};

/**
 * What is kept of a policy of another kind than NetworkPolicy, or of a set of addresses that such policies select: what the
 * prover reads of it, as it was written.
 */
export type ForeignPolicy = {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for a kind without namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of sets alone. */
  readonly labels: Labels;
  readonly spec: unknown;
  /** Cilium's way to have several specs in one policy. */
  readonly specs?: unknown;
};

/** The cluster's DNS servers: pods of kube-system by selector, their ports, and the ClusterIPs in front of them. */
export type DnsFacts = readonly {
  /** The Service that says so. */
  readonly name: string;
  /** Never empty. */
  readonly selector: Labels;
  /** Never empty. */
  readonly ports: readonly number[];
  readonly addresses: readonly Cidr[];
}[];
/** What is kept of an object that may lead into a zone or out of it: of what it says only what is judged. */
export type ExposingFacts = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly object: unknown;
};

/** Where the API server answers: addresses of its EndpointSlices and Service, with their TCP ports. */
export type ApiServerFacts = readonly { readonly addresses: readonly string[]; readonly port: number }[];
