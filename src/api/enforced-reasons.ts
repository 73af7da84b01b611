import type { ReasonText } from "./reason-text.ts";

/** The reasons of the condition Enforced; reasons.ts has them with all others. */
export const enforcedReasons = {
  EnforcerFound: {
    says: "A known enforcer of NetworkPolicies runs on every verified node of the zone. That it is there is all this says: its settings may still switch enforcing off.",
    next: "Nothing needs doing; `kubectl domicile probe ZONE` shows with packets whether it holds.",
  },
  EnforcerMissing: {
    says: "On verified nodes of the zone nothing that is known enforces NetworkPolicies, so its pods may connect to anybody.",
    next: "Have an enforcer run on every node of the zone (on OKE: Calico). If one that Domicile does not know does, `kubectl domicile probe ZONE` shows it, and this stays as it is.",
  },
  EnforcerUnknown: {
    says: "NetworkPolicies are written; whether this cluster's network enforces them is not known to Domicile.",
    next: "Check that the network plugin enforces NetworkPolicy (flannel and OKE virtual nodes do not); `kubectl domicile probe ZONE` tries it with packets.",
  },
  GuardsNotTried: {
    says: "A known enforcer of NetworkPolicies runs on every verified node of the zone; whether the zone's guards refuse what they must could not be tried.",
    next: "Wait half a minute; if it lasts, look for the canary in the log.",
  },
  CanaryAdmitted: {
    says: "When Domicile tried it, something was let in that this zone must refuse.",
    next: "Compare the webhook configurations and native policies called domicile with what `helm get manifest` and the log show, and look in the audit log for who changed them.",
  },
  NativePoliciesDiffer: {
    says: "Native admission policies of Domicile are not as compiled, so what they hold is not held while Domicile is away.",
    next: "Domicile puts them back within seconds. If it lasts, look at what is registered in its log; one of the chart's that was deleted while no replica ran comes back by upgrading the chart with the same values.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
