import type { ReasonText } from "./reason-text.ts";

/** The reasons of what is found in policies that others write; reasons.ts has them with all others. */
export const policyReasons = {
  PolicyWidensZone: {
    says: "Policies are a union, so one that opens more than the zone allows opens the zone.",
    next: "Narrow the policy to what the zone allows; select pods of the zone by a namespaceSelector on the label domicile.dev/sealed. If the zone should allow it, have that approved in its spec.egress or spec.ingress.",
  },
  PolicyNotProved: {
    says: "Nobody can tell from the policy alone whether it opens more than the zone allows, so it is taken for wider.",
    next: "Say the same with addresses, ports and label selectors.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
