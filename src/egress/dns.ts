import { clusterDnsNamespace, namespaceNameLabel } from "../api/names.ts";
import type { PolicyPeer } from "../api/kubernetes.ts";
import { empty } from "../cidr/set.ts";
import type { DnsFacts } from "../zone/facts.ts";
import type { Unresolved } from "../zone/overlaps.ts";
import type { Zone } from "../zone/zone.ts";
import { hostPeers } from "./api-server.ts";
import type { Grant } from "./grant.ts";

const path = "spec.egress.dns";

type Dns = Zone["egress"]["dns"];

/** Where a name server answers that is told of by its address. */
const dnsPort = 53;

/**
 * Name servers by selector, at the ports of their pods; the ClusterIPs in front of them and a node's own cache by
 * address, at 53: both may answer from the host network, where no selector reaches. Names of namespaces cannot be
 * forged. Long answers come over TCP, so each port is open by both.
 */
export const dnsGrants = (dns: Dns, found: DnsFacts): readonly Grant[] => {
  const byPorts = new Map<string, Grant>();
  const add = (peers: readonly PolicyPeer[], ports: readonly number[]): void => {
    const key = ports.join();
    byPorts.set(key, {
      why: { kind: "dns" },
      path,
      alone: true,
      selectors: [...(byPorts.get(key)?.selectors ?? []), ...peers],
      addresses: empty,
      ports: (["TCP", "UDP"] as const).flatMap((protocol) => ports.map((port) => ({ protocol, port }))),
    });
  };
  const servers = serversOf(dns, found);
  for (const { peer, ports } of servers) add([peer], ports);
  const clusterIPs = dns.podSelector === undefined ? found.flatMap(({ addresses }) => addresses) : [];
  add(hostPeers([...clusterIPs, ...dns.nodeLocalAddresses]), [dnsPort]);
  return [...byPorts.values()];
};

/** That no name server was found for a zone that states none. */
export const dnsMissing = (dns: Dns, found: DnsFacts): readonly Unresolved[] =>
  dns.podSelector !== undefined || found.length > 0
    ? []
    : [
        {
          reason: "DnsNotFound",
          path,
          message: `no Service in ${clusterDnsNamespace} with the label k8s-app=kube-dns has a selector and pods behind port 53`,
        },
      ];

const serversOf = (
  { namespace, podSelector, ports }: Dns,
  found: DnsFacts,
): readonly { readonly peer: PolicyPeer; readonly ports: readonly number[] }[] => {
  const once = ports && [...new Set(ports)].toSorted((a, b) => a - b);
  if (podSelector !== undefined) return [{ peer: podsOf(namespace, podSelector), ports: once ?? [dnsPort] }];
  const peers = new Map(
    found.map(({ selector, ports: behind }) => [
      JSON.stringify([selector, once ?? behind]),
      { peer: podsOf(clusterDnsNamespace, { matchLabels: selector }), ports: once ?? behind },
    ]),
  );
  return [...peers.values()];
};

const podsOf = (namespace: string, podSelector: NonNullable<PolicyPeer["podSelector"]>): PolicyPeer => ({
  namespaceSelector: { matchLabels: { [namespaceNameLabel]: namespace } },
  podSelector,
});
