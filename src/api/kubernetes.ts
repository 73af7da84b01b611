/** The parts of Kubernetes' own objects that decisions read, as JSON. Everything else in an object is left alone. */

export type Labels = Readonly<Record<string, string>>;

/** metav1.OwnerReference; `controller` marks the one that manages the object. */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
};

/** metav1.ManagedFieldsEntry without its fields: who wrote something, by the name the writer gave, and when last. */
export type Writer = {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  /** `status`, or what else alone was written; left out for the object itself. */
  readonly subresource?: string;
};

/** metav1.ObjectMeta; times are RFC 3339. */
export type ObjectMeta = {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly Writer[];
};

/** metav1.LabelSelector: everything named must hold, and an empty one matches everything. */
export type LabelSelector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

/** One comparison of one node label, or of metadata.name in matchFields. */
export type NodeSelectorRequirement = {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
};

/** Requirements that must all hold; the terms of a list are ORed. */
export type NodeSelectorTerm = {
  readonly matchExpressions?: readonly NodeSelectorRequirement[];
  readonly matchFields?: readonly NodeSelectorRequirement[];
};

/** What decides where a pod runs. */
export type PodSpec = {
  readonly nodeName?: string;
  readonly nodeSelector?: Labels;
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
      };
    };
  };
};

/** A Toleration: without an effect it is for every effect, and without a key, where the operator is Exists, for every taint. */
export type Toleration = {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
};

/** A Pod, or the template of one. */
export type Pod = { readonly metadata?: ObjectMeta; readonly spec?: PodSpec };

/** A Binding: what `pods/binding` and the older `bindings` take. Its labels and annotations become the pod's. */
export type Binding = {
  readonly metadata?: ObjectMeta;
  readonly target?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
};

/** NetworkPolicyPort: without a protocol TCP is meant, and a port in words is resolved at the destination. */
export type PolicyPort = { readonly protocol?: string; readonly port?: number | string; readonly endPort?: number };

/** NetworkPolicyPeer: a block, or pods by selectors, of which a missing namespaceSelector means the own namespace. */
export type PolicyPeer = {
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
  readonly namespaceSelector?: LabelSelector;
  readonly podSelector?: LabelSelector;
};

/** NetworkPolicySpec with every list written out: a rule without `to` or `from` means everywhere. */
export type NetworkPolicySpec = {
  readonly podSelector: LabelSelector;
  readonly policyTypes: readonly string[];
  readonly egress: readonly { readonly to?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
  readonly ingress: readonly { readonly from?: readonly PolicyPeer[]; readonly ports?: readonly PolicyPort[] }[];
};

/** A NetworkPolicy as Domicile writes it. */
export type NetworkPolicy = {
  readonly apiVersion: "networking.k8s.io/v1";
  readonly kind: "NetworkPolicy";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Labels;
  };
  readonly spec: NetworkPolicySpec;
};
