/** Names that Domicile writes into a cluster. Changing one is a breaking change for every installation. */

export const group = "domicile.dev";
/** The one version of our API group that is served. */
export const version = "v1alpha1";
/** The apiVersion of our resources. */
export const apiVersion = `${group}/${version}`;

/** Namespace label: its value names the zone the namespace belongs to. */
export const zoneLabel = "domicile.dev/zone";

/** Namespace label: the zone whose isolation stands in the namespace. Only Domicile's service account may set it. */
export const sealedLabel = "domicile.dev/sealed";

/** Label of Pod Security admission; Domicile keeps it at baseline or stricter in zone namespaces. */
export const podSecurityLabel = "pod-security.kubernetes.io/enforce";

/** The name of a namespace as a label that nobody can forge. */
export const namespaceNameLabel = "kubernetes.io/metadata.name";

/** Prefix of the node labels. NodeRestriction lets no kubelet set a label whose prefix ends so. */
export const nodeLabelPrefix = "domicile.dev.node-restriction.kubernetes.io/";

/** The value of a zone's node label on a node that is verified for the zone. */
export const nodeLabelValue = "verified";

/** The label of nodes verified for `zone`, and the key of the nodeSelector of its pods. */
export const nodeLabel = (zone: string): string => `${nodeLabelPrefix}${zone}`;

/** The zone that a node label speaks of, or undefined when the key is not ours. */
export const zoneOfNodeLabel = (key: string): string | undefined =>
  key.startsWith(nodeLabelPrefix) ? key.slice(nodeLabelPrefix.length) : undefined;

/** Keys of the taints by which zones keep their nodes to themselves, up to the zone's name. */
export const exclusivePrefix = "exclusive.domicile.dev/";

/** The key of a zone's taint. A node has one taint of a key and effect, and may be verified for several zones. */
export const exclusiveKey = (zone: string): string => `${exclusivePrefix}${zone}`;

/** The zone that a taint's or a toleration's key speaks of, or undefined when the key is not ours. */
export const zoneOfExclusiveKey = (key: string): string | undefined =>
  key.startsWith(exclusivePrefix) ? key.slice(exclusivePrefix.length) : undefined;

/** What a zone's taint does: nothing new is scheduled there, and what runs goes on. */
export const exclusiveEffect = "NoSchedule";

/** The label by which Kubernetes tools show who writes an object. */
export const managedByLabel = "app.kubernetes.io/managed-by";
/** Its value on everything that Domicile writes. */
export const managedByValue = "domicile";

/** Annotation of what Domicile registers: a digest of what it wrote, so that any replica sees what others did. */
export const digestAnnotation = "domicile.dev/digest";

/** How the names of Domicile's native policies and of their bindings begin. */
export const nativePolicyPrefix = "domicile-";

/** Finalizer of a ResidencyZone: it stands while a namespace bears the zone's label. */
export const zoneFinalizer = "domicile.dev/namespaces";

/** The NetworkPolicy that isolates every pod of a zone namespace, both directions. */
export const isolatePolicy = "domicile-isolate";

/** The NetworkPolicies that allow the approved set: domicile-allow, domicile-allow-2, domicile-allow-3, … */
export const allowPolicy = (part: number): string => (part === 1 ? "domicile-allow" : `domicile-allow-${part}`);

/** Whether a NetworkPolicy's name is one that Domicile writes. */
export const isOurPolicy = (name: string): boolean =>
  name === isolatePolicy || /^domicile-allow(-([2-9]|[1-9][0-9]+))?$/.test(name);

/** Field managers of server-side apply, one per concern, so that one never prunes what another wrote. */
export const fieldManagers = {
  nodes: "domicile-nodes",
  namespaces: "domicile-namespaces",
  podSecurity: "domicile-pod-security",
  policies: "domicile-policies",
  status: "domicile-status",
  finalizer: "domicile-finalizer",
  registration: "domicile-registration",
  canary: "domicile-canary",
  // Helm's own name, for what its chart makes and Domicile puts back: under any other, Helm's next upgrade would find a
  // conflict there and stop.
  chart: "helm",
} as const;

/** Pod annotations that attach interfaces outside every NetworkPolicy (Multus and its older spellings). */
export const networkAttachmentAnnotations = [
  "k8s.v1.cni.cncf.io/networks",
  "v1.multus-cni.io/default-network",
  "k8s.v1.cni.cncf.io/network",
] as const;

/** Annotation of a static pod's mirror on the API server. */
export const mirrorAnnotation = "kubernetes.io/config.mirror";

/**
 * Whether an annotation means something to Domicile, Kubernetes or a network plugin that attaches interfaces, so that
 * nobody may put it on a pod behind admission: those of both groups, with all their subdomains, and the attaching ones.
 */
export const isReservedAnnotation = (key: string): boolean =>
  networkAttachmentAnnotations.some((name) => name === key) ||
  reservedDomains.some((domain) => {
    const [prefix = ""] = key.split("/", 1);
    return prefix === domain || prefix.endsWith(`.${domain}`);
  });

/** Annotations of these domains and their subdomains are read by Domicile, the kubelet or Pod Security. */
export const reservedDomains = [group, "kubernetes.io", "k8s.io"] as const;

/** Namespaces that can never join a zone by prefix; Domicile's own and every zone's DNS namespace come on top. */
export const systemNamespacePrefix = "kube-";

/** Where clusters keep the Services of their DNS, and the label that Kubernetes' own manifests give these. */
export const clusterDnsNamespace = "kube-system";
export const clusterDnsLabels = { "k8s-app": "kube-dns" } as const;

/** Node labels by which Kubernetes says where a node is; a kubelet may set all four on itself. */
export const topologyLabels = {
  region: "topology.kubernetes.io/region",
  zone: "topology.kubernetes.io/zone",
  betaRegion: "failure-domain.beta.kubernetes.io/region",
  betaZone: "failure-domain.beta.kubernetes.io/zone",
} as const;

/** Labels of nodes that are not machines, by virtual-kubelet, Liqo and Admiralty; undefined stands for any value. */
export const virtualNodeLabels: Readonly<Record<string, string | undefined>> = {
  type: "virtual-kubelet",
  "kubernetes.io/role": "agent-virtual",
  "liqo.io/type": "virtual-node",
  "multicluster.admiralty.io/cluster-target-name": undefined,
  "virtual-kubelet.io/provider": undefined,
  "node-role.kubernetes.io/virtual-node": undefined,
};
