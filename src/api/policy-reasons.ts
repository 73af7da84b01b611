import { nothing, type ReasonText } from "./reason-text.ts";

/** The reasons of what is found in policies that others write; reasons.ts has them with all others. */
export const policyReasons = {
  PoliciesContained: {
    says: "What policies of others open in the zone's namespaces, the zone allows.",
    next: nothing,
  },
  PoliciesUnread: {
    says: "There are kinds of policy in this cluster of which nobody has read yet what stands, so nobody can tell what it opens.",
    next: "Wait some seconds. If it lasts, look for these kinds in the log of Domicile's leader: its ClusterRole may lack them, or the API server cannot list them.",
  },
  PolicyWidensZone: {
    says: "Policies are a union, so one that opens more than the zone allows opens the zone.",
    next: "Narrow the policy to what the zone allows; select pods of the zone by a namespaceSelector on the label domicile.dev/sealed. If the zone should allow it, put it into spec.egress or spec.ingress of the ResidencyZone, or ask who may edit that.",
  },
  PolicyNotProved: {
    says: "Nobody can tell from the policy alone whether it opens more than the zone allows, so it is taken for wider.",
    next: "Say the same with addresses, ports and label selectors.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
