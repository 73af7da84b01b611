import { nothing, type ReasonText } from "./reason-text.ts";

/** Why namespaces join and leave zones, or may not. */
export const namespaceReasons = {
  NamespaceJoins: { says: "The namespace joins the zone.", next: nothing },
  NamespaceLeaves: { says: "The namespace leaves the zone, and nothing of the zone is in it.", next: nothing },
  NamespaceHoldsData: {
    says: "A namespace leaves its zone empty: its pods, claims and volumes hold the zone's data.",
    next: "Delete them first, Released volumes too, or leave the label as it is.",
  },
  UseNotGranted: {
    says: "Joining makes the namespace a peer of the zone, and needs the verb use on it.",
    next: "Ask whoever governs the zone for a role with the verb use on residencyzones.domicile.dev.",
  },
  DeclassifyNotGranted: {
    says: "Leaving opens what the zone isolates, and needs the verb declassify on it.",
    next: "Ask whoever governs the zone for a role with the verb declassify on residencyzones.domicile.dev.",
  },
  NamespaceBelongs: {
    says: "A zone names this namespace in spec.namespaces, so it belongs there and nowhere else.",
    next: "Set the label domicile.dev/zone to that zone, or have the name taken out of its spec.namespaces.",
  },
  NamespaceNamedTwice: {
    says: "Several zones name the namespace in spec.namespaces, and it can belong to one.",
    next: "Take it out of all but one of them.",
  },
  PodLabelledOutside: {
    says: "Pods bear a zone's label themselves, in a namespace that is not in the zone: nothing holds or isolates them.",
    next: "Label the namespace, or take domicile.dev/zone off the pods: membership is the namespace's.",
  },
  NamespaceNotJoined: {
    says: "Namespaces that the zone names in spec.namespaces were there before, and are not in it.",
    next: "Label them domicile.dev/zone=<zone> when their pods may lose the network they have, or make them anew.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
