import type { PolicyPeer } from "../api/kubernetes.ts";
import { sealedLabel } from "../api/names.ts";
import { empty } from "../cidr/set.ts";
import type { DnsFacts } from "../zone/facts.ts";
import type { IngressPeer, Network, RemoteCluster, Zone } from "../zone/zone.ts";
import { dnsGrants } from "./dns.ts";
import type { Grant, Grants, Why } from "./grant.ts";

/** What a zone's pods may connect to: DNS, the zone itself, the API server, then clusters and networks. */
export const egressGrants = (
  zone: Zone,
  clusters: readonly RemoteCluster[],
  apiServer: readonly Grant[],
  dns: DnsFacts,
): Grants["egress"] => [
  ...dnsGrants(zone.egress.dns, dns),
  ...withinZone(zone),
  ...apiServer,
  ...clusters.flatMap(({ name, region, networks }) => {
    const path = `spec.egress.clusters[${zone.egress.clusters.indexOf(name)}]`;
    return networks.map((network) =>
      ofNetwork(network, path, {
        kind: "cluster",
        cluster: name,
        region: region.identifier,
        network: network.name,
      }),
    );
  }),
  ...zone.egress.networks.map((network, index) =>
    ofNetwork(network, `spec.egress.networks[${index}]`, { kind: "network", network: network.name }),
  ),
];

/** Who may connect to a zone's pods, unless its ingress is Open: then nobody is listed, for everybody may. */
export const ingressGrants = (zone: Zone): Grants["ingress"] =>
  zone.ingress.isolation === "Open"
    ? "everybody"
    : [
        ...withinZone(zone),
        ...zone.ingress.from.map((peer, index): Grant => ({
          why: { kind: "peer" },
          path: `spec.ingress.from[${index}]`,
          alone: false,
          selectors: peer.kind === "pods" ? [selectorOf(peer)] : [],
          addresses: peer.kind === "addresses" ? peer.addresses : empty,
          ports: peer.ports,
        })),
      ];

/**
 * Pods of the zone's sealed namespaces, on every port: `ports` is empty there on purpose. The label is the one that only
 * Domicile may set, so that labelling a namespace as the zone's makes nobody a peer.
 */
const withinZone = ({ name, egress }: Zone): readonly Grant[] =>
  egress.withinZone === "Deny"
    ? []
    : [
        {
          why: { kind: "withinZone", zone: name },
          path: "spec.egress.withinZone",
          alone: true,
          selectors: [{ namespaceSelector: { matchLabels: { [sealedLabel]: name } } }],
          addresses: empty,
          ports: [],
        },
      ];

const ofNetwork = ({ addresses, ports }: Network, path: string, why: Why): Grant => ({
  why,
  path,
  alone: false,
  selectors: [],
  addresses,
  ports,
});

const selectorOf = ({ namespaceSelector, podSelector }: IngressPeer & { readonly kind: "pods" }): PolicyPeer =>
  podSelector === undefined ? { namespaceSelector } : { namespaceSelector, podSelector };
