import { nothing, type ReasonText } from "./reason-text.ts";

/** The reasons of what leads into a zone or out of it besides its policies; reasons.ts has them with all others. */
export const exposureReasons = {
  ExposureContained: {
    says: "Nothing leads into the zone or out of it but what its policies allow and what spec.exposure lists.",
    next: nothing,
  },
  ExposureUnread: {
    says: "Kinds that may lead into the zone are served, and what stands of them cannot be read.",
    next: "Look at the replicas' log. If Domicile was upgraded without its chart, upgrade the chart, which grants it list and watch of these kinds.",
  },
  ExposureNotListed: {
    says: "What leads into a zone or out of it besides its policies is listed in its spec.exposure, or refused.",
    next: "Do without it; if it is meant, have it added to spec.exposure of the ResidencyZone, as it is written here, by who may edit the zone.",
  },
  EndpointOutsideZone: {
    says: "What is behind a zone's Services are pods of the zone, or addresses and ports that the zone allows.",
    next: "Select pods by the Service's selector. If the address is meant, have it approved in spec.egress of the ResidencyZone, or added to spec.exposure as it is written here, by who may edit the zone.",
  },
  BackendsNotVerified: {
    says: "A balancer of a zone sends to nodes verified for the zone alone.",
    next: "Leave the annotation out, and Domicile's webhook writes it; where there is none, begin it so. What narrows it further comes after a comma.",
  },
  BackendsVerified: { says: "The balancer's nodes are those verified for the zone.", next: nothing },
} as const satisfies Readonly<Record<string, ReasonText>>;
