/** A kind of object as the API knows it, by which somebody may open pods to others. */
export type PolicyKind = {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
};

const ofCilium = { group: "cilium.io", version: "v2" };
const ofPolicyApi = { group: "policy.networking.k8s.io" };

/**
 * Calico's kinds are stored as `crd.projectcalico.org/v1` behind an API server of Calico's own, or, where it is installed
 * without one, as `projectcalico.org/v3`. Sets are no policies: they give addresses labels, by which policies select.
 */
const calicoKinds = [
  { plural: "networkpolicies", kind: "NetworkPolicy", namespaced: true },
  { plural: "networksets", kind: "NetworkSet", namespaced: true },
  { plural: "globalnetworkpolicies", kind: "GlobalNetworkPolicy", namespaced: false },
  { plural: "globalnetworksets", kind: "GlobalNetworkSet", namespaced: false },
];

/**
 * The kinds that are judged besides networking.k8s.io/v1 NetworkPolicy, where the API server serves them. Not among them
 * are those that open nothing: BaselineAdminNetworkPolicy, which no pod that a NetworkPolicy selects ever reaches; Calico's
 * tiers, of which those after its default one are never reached and those before it only open by their policies; its
 * staged policies, which nobody enforces; and a CiliumCIDRGroup, for a policy that names one is refused.
 */
export const policyKinds: readonly PolicyKind[] = [
  {
    ...ofPolicyApi,
    version: "v1alpha2",
    plural: "clusternetworkpolicies",
    kind: "ClusterNetworkPolicy",
    namespaced: false,
  },
  {
    ...ofPolicyApi,
    version: "v1alpha1",
    plural: "adminnetworkpolicies",
    kind: "AdminNetworkPolicy",
    namespaced: false,
  },
  { ...ofCilium, plural: "ciliumnetworkpolicies", kind: "CiliumNetworkPolicy", namespaced: true },
  {
    ...ofCilium,
    plural: "ciliumclusterwidenetworkpolicies",
    kind: "CiliumClusterwideNetworkPolicy",
    namespaced: false,
  },
  ...calicoKinds.map((kind) => ({ group: "projectcalico.org", version: "v3", ...kind })),
  ...calicoKinds.map((kind) => ({ group: "crd.projectcalico.org", version: "v1", ...kind })),
];

/** The kind of a set of addresses that bears labels. */
export const isSetKind = ({ kind }: Pick<PolicyKind, "kind">): boolean => kind.endsWith("NetworkSet");
