/** Where the webhooks are served; the webhook configurations name the same paths. */
export const paths = {
  mutatePods: "/mutate/pods",
  validatePods: "/validate/pods",
  /** For zones that warn or audit: nothing is refused, and the API server's view of the zone binds nobody. */
  warnPods: "/warn/pods",
  /** Bindings of pods to nodes. */
  bindPods: "/bind/pods",
  warnBindings: "/warn/bindings",
  /** New namespaces that a zone names. */
  mutateNamespaces: "/mutate/namespaces",
  /** Namespaces whose zone label changes. */
  validateNamespaces: "/validate/namespaces",
  /** Namespaces that somebody puts into a zone, or takes out of it, who may not. */
  refuseJoin: "/refuse/joins",
  refuseLeave: "/refuse/leaves",
  mutateTemplates: "/mutate/templates",
  /** Policies of others, of one namespace. */
  validatePolicies: "/validate/policies",
  warnPolicies: "/warn/policies",
  /** Balancers of zones, which get their nodes. */
  mutateServices: "/mutate/services",
  /** What leads into zones or out of them besides policies. */
  validateExposure: "/validate/exposure",
  warnExposure: "/warn/exposure",
  /** Policies of others for more than one namespace. */
  validateClusterPolicies: "/validate/cluster-policies",
  /** ResidencyZones and RemoteClusters. */
  validateApprovals: "/validate/approvals",
} as const;
