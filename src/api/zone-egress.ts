import { Type } from "typebox";
import { labelSelector } from "./label-selector.ts";
import { networkList } from "./network.ts";
import { rule } from "./rule.ts";
import { dnsLabelRule, nameText } from "./texts.ts";

const nodeLocalAddress = Type.String({
  description: "An address. Example: 169.254.20.10.",
  maxLength: 39,
  meaning: "nodeLocalAddress",
  rules: [
    rule<string>({
      cel: "isIP(self)",
      says: "must be an address such as 169.254.20.10, without a prefix length, leading zeros, zone id or IPv4 mapped into IPv6",
    }),
  ],
});

const dns = Type.Object(
  {
    namespace: Type.String({
      description: "The namespace of the cluster's DNS servers. It can never join a zone. Default: kube-system.",
      maxLength: 63,
      default: "kube-system",
      rules: [dnsLabelRule],
    }),
    podSelector: labelSelector(
      "The pods of the DNS servers in that namespace. Default: {matchLabels: {k8s-app: kube-dns}}. An empty selector means every pod of the namespace.",
      { default: { matchLabels: { "k8s-app": "kube-dns" } } },
    ),
    nodeLocalAddresses: Type.Array(nodeLocalAddress, {
      description:
        "Addresses where a DNS cache on each node answers, 0 to 8: such caches run on the host network, which no selector matches. Link-local addresses are allowed here and nowhere else; the address of instance metadata, 169.254.169.254, is not. Default: [169.254.20.10].",
      maxItems: 8,
      "x-kubernetes-list-type": "set",
      default: ["169.254.20.10"],
    }),
  },
  {
    description:
      "The DNS servers that the zone's pods may ask, by UDP and TCP on port 53. Left out, it is the cluster's own DNS as most clusters run it. Example: {namespace: kube-system, podSelector: {matchLabels: {k8s-app: kube-dns}}, nodeLocalAddresses: [169.254.20.10]}.",
    default: {},
  },
);

const approvedCluster = Type.Object(
  { name: nameText("The name of a RemoteCluster. Example: us-analytics.") },
  { description: "One approved cluster." },
);

/** spec.egress of a ResidencyZone. */
export const zoneEgress = Type.Object(
  {
    withinZone: Type.Enum(["Allow", "Deny"], {
      description:
        "Whether pods of the zone may connect to each other, within and between its namespaces. Default: Allow.",
      default: "Allow",
    }),
    dns,
    apiServer: Type.Enum(["Deny", "Allow"], {
      description:
        "Whether pods of the zone may connect to this cluster's API server. It can carry data to anybody who may read there, so allow it only for pods that need it. Default: Deny.",
      default: "Deny",
    }),
    clusters: Type.Array(approvedCluster, {
      description:
        "RemoteClusters that the zone's pods may connect to, by name, at most 64. Naming one approves its networks as they are, and as whoever has the verb approve on this zone lets them grow. Default: none. Example: [{name: us-analytics}].",
      maxItems: 64,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["name"],
      default: [],
    }),
    networks: networkList(
      "Networks outside the cluster that the zone's pods may connect to, at most 64. Default: none. Example: [{name: partner, cidrs: [203.0.113.0/24], ports: [{protocol: TCP, port: 443}]}].",
      0,
    ),
  },
  {
    description:
      "Whom the zone's pods may talk to. What is not named here is closed: Domicile writes NetworkPolicies into every namespace of the zone. Left out, pods reach each other and DNS, and nothing else.",
    default: {},
  },
);
