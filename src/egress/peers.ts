import type { PolicyPeer } from "../api/kubernetes.ts";
import { namespaceNameLabel, sealedLabel } from "../api/names.ts";
import { empty } from "../cidr/set.ts";
import type { IngressPeer, RemoteCluster, Zone } from "../zone/zone.ts";
import { allowancesOf, isEmpty } from "./allowance.ts";
import type { Allowance, Approval } from "./allowance.ts";
import { hostPeers } from "./api-server.ts";

/** What a zone's pods may connect to: DNS, the zone itself, the API server, then clusters and networks by ports. */
export const egressAllowances = (
  zone: Zone,
  clusters: readonly RemoteCluster[],
  apiServer: readonly Allowance[],
): readonly Allowance[] =>
  [
    dns(zone),
    ...withinZone(zone),
    ...apiServer,
    ...allowancesOf(
      [...clusters.flatMap(({ networks }) => networks), ...zone.egress.networks].map(({ addresses, ports }) => ({
        selectors: [],
        addresses,
        ports,
      })),
    ),
  ].filter((allowance) => !isEmpty(allowance));

/** Who may connect to a zone's pods, unless its ingress is Open: then nobody is listed, for everybody may. */
export const ingressAllowances = (zone: Zone): readonly Allowance[] =>
  zone.ingress.isolation === "Open"
    ? []
    : [...withinZone(zone), ...allowancesOf(zone.ingress.from.map(approvalOf))].filter(
        (allowance) => !isEmpty(allowance),
      );

/**
 * Name servers by selector, and the node's own cache by address: it answers from the host network, where no selector
 * reaches. Names of namespaces cannot be forged. Long answers come over TCP.
 */
const dns = ({ egress: { dns: servers } }: Zone): Allowance => ({
  peers: [
    {
      namespaceSelector: { matchLabels: { [namespaceNameLabel]: servers.namespace } },
      podSelector: servers.podSelector,
    },
    ...hostPeers(servers.nodeLocalAddresses),
  ],
  blocks: [],
  ports: [
    { protocol: "TCP", port: 53 },
    { protocol: "UDP", port: 53 },
  ],
});

/**
 * Pods of the zone's sealed namespaces, on every port: `ports` is absent there on purpose. The label is the one that
 * only Domicile may set, so that labelling a namespace as the zone's makes nobody a peer.
 */
const withinZone = ({ name, egress }: Zone): readonly Allowance[] =>
  egress.withinZone === "Deny"
    ? []
    : [{ peers: [{ namespaceSelector: { matchLabels: { [sealedLabel]: name } } }], blocks: [], ports: [] }];

const approvalOf = (peer: IngressPeer): Approval => ({
  selectors: peer.kind === "pods" ? [selectorOf(peer)] : [],
  addresses: peer.kind === "addresses" ? peer.addresses : empty,
  ports: peer.ports,
});

const selectorOf = ({ namespaceSelector, podSelector }: IngressPeer & { readonly kind: "pods" }): PolicyPeer =>
  podSelector === undefined ? { namespaceSelector } : { namespaceSelector, podSelector };
