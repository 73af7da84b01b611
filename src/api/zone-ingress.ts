import { Type, type Static } from "typebox";
import { labelSelector } from "./label-selector.ts";
import { cidrList } from "./network.ts";
import { portList } from "./port.ts";
import { rule } from "./rule.ts";

type Peer = { namespaceSelector?: unknown; podSelector?: unknown; cidrs?: unknown };

const peer = Type.Object(
  {
    namespaceSelector: Type.Optional(
      labelSelector(
        "Namespaces whose pods may connect in, by their labels; an empty selector means every namespace. The label kubernetes.io/metadata.name holds a namespace's name. Example: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}.",
      ),
    ),
    podSelector: Type.Optional(
      labelSelector("Pods in those namespaces, by their labels. Left out, every pod of them may connect in."),
    ),
    cidrs: Type.Optional(
      cidrList(
        "Blocks of addresses that may connect in, 1 to 256: load balancers and node ports match no selector. Example: [10.0.20.0/24].",
      ),
    ),
    ports: Type.Optional(portList("Ports of the zone's pods that are open to this peer. Left out, every port.")),
  },
  {
    description:
      "One kind of peer: pods by namespaceSelector and perhaps podSelector, or addresses by cidrs; never both.",
    rules: [
      rule<Peer>({
        cel: "has(self.cidrs) != (has(self.namespaceSelector) || has(self.podSelector))",
        says: "must name pods by namespaceSelector (and podSelector) or addresses by cidrs: one of the two, not both and not neither",
        holds: ({ cidrs, namespaceSelector, podSelector }) =>
          (cidrs !== undefined) !== (namespaceSelector !== undefined || podSelector !== undefined),
      }),
      rule<Peer>({
        cel: "!has(self.podSelector) || has(self.namespaceSelector)",
        says: "podSelector needs a namespaceSelector that says in which namespaces; {} means in every one",
        holds: ({ namespaceSelector, podSelector }) => podSelector === undefined || namespaceSelector !== undefined,
      }),
    ],
  },
);

/** A peer as the API server stores it. */
export type IngressPeerSpec = Static<typeof peer>;

/** spec.ingress of a ResidencyZone. */
export const zoneIngress = Type.Object(
  {
    isolation: Type.Enum(["Isolated", "Open"], {
      description:
        "Isolated: only the zone's own pods (unless egress.withinZone is Deny) and the peers in from may connect in. Open: anybody may, and whoever connects in can read what is answered; the Isolated condition says so. Default: Isolated.",
      default: "Isolated",
    }),
    from: Type.Array(peer, {
      description: "Who else may connect in, at most 64. Default: nobody.",
      maxItems: 64,
      "x-kubernetes-list-type": "atomic",
      default: [],
    }),
  },
  {
    description:
      "Who may connect to the zone's pods. Left out, only the zone itself. Example: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, ports: [{port: 8080}]}]}.",
    default: {},
  },
);
