/** Where the webhooks are served; the webhook configurations name the same paths. */
export const paths = {
  mutatePods: "/mutate/pods",
  validatePods: "/validate/pods",
  /** For zones that warn or audit: nothing is refused, and the API server's view of the zone binds nobody. */
  warnPods: "/warn/pods",
  /** Bindings of pods to nodes. */
  bindPods: "/bind/pods",
  warnBindings: "/warn/bindings",
  mutateTemplates: "/mutate/templates",
} as const;
