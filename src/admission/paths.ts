/** Where the webhooks are served; the webhook configurations name the same paths. */
export const paths = {
  mutatePods: "/mutate/pods",
  validatePods: "/validate/pods",
  mutateTemplates: "/mutate/templates",
} as const;
