import type { ReasonText } from "./reason-text.ts";

/** Why what a zone refers to cannot be used: clusters, networks, the API server, DNS. */
export const referenceReasons = {
  ClusterNotFound: {
    says: "The zone approves a RemoteCluster that does not exist, and reaches everything else that it approves.",
    next: "Create it, or take it out of spec.egress.clusters.",
  },
  ClusterNotAccepted: {
    says: "The zone approves a RemoteCluster that is not valid.",
    next: "Mend what the RemoteCluster's Accepted condition lists.",
  },
  ApproveNotGranted: {
    says: "A RemoteCluster that a zone approved may shrink freely; growing widens the zone, and needs the verb approve on it.",
    next: "Ask whoever governs the zone for a role with the verb approve on residencyzones.domicile.dev, or to make the change.",
  },
  NetworksOverlap: {
    says: "An approved network overlaps a cluster that the zone does not approve.",
    next: "Narrow one of the two, or approve both.",
  },
  OwnNetworksOverlap: {
    says: "An approved network overlaps this cluster's own pods, services or nodes.",
    next: "Narrow it: what is inside the cluster is reached by selectors, and a node forwards its node ports to any pod.",
  },
  ApiServerUnknown: {
    says: "The API server's address cannot be read from its EndpointSlice and Service.",
    next: "Check `kubectl get endpointslice,service -n default`.",
  },
  DnsNotFound: {
    says: "The zone names no DNS servers, and none were found, so its pods may ask none but those on their node.",
    next: "Label the DNS Service in kube-system k8s-app=kube-dns, or name the servers in spec.egress.dns.",
  },
} as const satisfies Readonly<Record<string, ReasonText>>;
