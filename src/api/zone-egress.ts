import { Type, type Static } from "typebox";
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
    namespace: Type.Optional(
      Type.String({
        description:
          "The namespace of the DNS servers, which can never join a zone. Where it is given, nothing is looked for. Default: kube-system.",
        maxLength: 63,
        rules: [dnsLabelRule],
      }),
    ),
    podSelector: Type.Optional(
      labelSelector(
        "The pods of the DNS servers in that namespace; an empty selector means every pod of it. Where it is given, nothing is looked for. Left out beside a namespace, it is {matchLabels: {k8s-app: kube-dns}}.",
      ),
    ),
    ports: Type.Optional(
      Type.Array(
        Type.Integer({ description: "A port, from 1 to 65535.", format: "int32", minimum: 1, maximum: 65535 }),
        {
          description:
            "Ports at which those pods answer, each by UDP and by TCP, 1 to 8. Left out, they are those behind port 53 of the Services that were found, and 53 where nothing is looked for.",
          minItems: 1,
          maxItems: 8,
          "x-kubernetes-list-type": "set",
        },
      ),
    ),
    nodeLocalAddresses: Type.Array(nodeLocalAddress, {
      description:
        "Addresses where DNS answers on port 53 from the host network, which no selector matches, 0 to 8: that of a cache on each node, as kubelets are told it in clusterDNS, or those of nodes whose DNS servers run there. Link-local addresses are allowed here and nowhere else; the address of instance metadata, 169.254.169.254, is not. Default: [169.254.20.10], which NodeLocal DNSCache takes.",
      maxItems: 8,
      "x-kubernetes-list-type": "set",
      default: ["169.254.20.10"],
    }),
  },
  {
    description:
      "The DNS servers that the zone's pods may ask, by UDP and TCP. Left out, they are found: the pods and the ClusterIPs of the Services in kube-system that bear the label k8s-app=kube-dns, as they change. Where there are none, the zone says so and no server is opened. Example: {namespace: dns, podSelector: {matchLabels: {app: coredns}}, ports: [5353]}.",
    default: {},
  },
);

/** spec.egress.dns as the API server stores it. */
export type DnsSpec = Static<typeof dns>;

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
