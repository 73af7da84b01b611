import { clusterDnsLabels, clusterDnsNamespace } from "../api/names.ts";
import { residencyZone } from "../api/residency-zone.ts";
import type { DnsSpec } from "../api/zone-egress.ts";
import type { IngressPeerSpec } from "../api/zone-ingress.ts";
import { parseAddress } from "../cidr/address.ts";
import { blockOf, type Cidr } from "../cidr/block.ts";
import { isRealm, regionByIdentifier } from "../oci/regions.ts";
import { addressesOf, networkOf } from "./networks.ts";
import { field, items, text } from "./json.ts";
import type { Parsed, Problem } from "./problem.ts";
import { resourceReader } from "./read-resource.ts";
import type { IngressPeer, Zone } from "./zone.ts";

const read = resourceReader(residencyZone, regionsInRealm);

/** A ResidencyZone from any JSON, or every problem in it with the field's path; never throws. */
export const parseZone = (raw: unknown): Parsed<Zone> => {
  const parsed = read(raw);
  if (!parsed.ok) return parsed;
  const { name, spec } = parsed.value;
  const { nodes, egress, ingress, drift } = spec;
  return {
    ok: true,
    value: {
      name,
      enforcement: spec.enforcement,
      realm: nodes.realm,
      regions: nodes.regions.flatMap((identifier) => regionByIdentifier(identifier) ?? []),
      minimumTrust: nodes.minimumTrust,
      attestationKeys: nodes.attestation?.keys ?? [],
      egress: {
        withinZone: egress.withinZone,
        dns: dnsOf(egress.dns),
        apiServer: egress.apiServer,
        clusters: egress.clusters.map((cluster) => cluster.name),
        networks: egress.networks.map(networkOf),
      },
      templates: spec.templates,
      drift,
      ingress: { isolation: ingress.isolation, from: ingress.from.flatMap(peerOf) },
      exposure: spec.exposure,
    },
  };
};

/** A namespace alone names servers as well, those that clusters label so; nothing is found in another's place. */
const dnsOf = ({ namespace, podSelector, ports, nodeLocalAddresses }: DnsSpec): Zone["egress"]["dns"] => {
  const stated = namespace === undefined ? podSelector : (podSelector ?? { matchLabels: clusterDnsLabels });
  return {
    namespace: namespace ?? clusterDnsNamespace,
    ...(stated === undefined ? {} : { podSelector: stated }),
    ...(ports === undefined ? {} : { ports }),
    nodeLocalAddresses: nodeLocalAddresses.flatMap(addressBlock),
  };
};

/** The schema's rule leaves two shapes; any other would open nothing. */
const peerOf = ({ namespaceSelector, podSelector, cidrs, ports = [] }: IngressPeerSpec): readonly IngressPeer[] => {
  if (cidrs !== undefined) return [{ kind: "addresses", addresses: addressesOf(cidrs), ports }];
  if (namespaceSelector === undefined) return [];
  return [{ kind: "pods", namespaceSelector, ...(podSelector === undefined ? {} : { podSelector }), ports }];
};

const addressBlock = (text: string): readonly Cidr[] => {
  const parsed = parseAddress(text);
  return parsed.ok ? [blockOf(parsed.address)] : [];
};

/** A region is valid with its realm only: us-ashburn-2 is Oracle's, and not in its commercial cloud. */
function regionsInRealm(spec: unknown): readonly Problem[] {
  const nodes = field(spec, "nodes");
  const realm = text(field(nodes, "realm"));
  // A realm that is wrong itself is one problem, not one per region.
  if (realm === undefined || !isRealm(realm)) return [];
  return items(field(nodes, "regions")).flatMap((name, index): readonly Problem[] => {
    const region = regionByIdentifier(text(name) ?? "");
    if (region === undefined || region.realm === realm) return [];
    const message = `${region.identifier} is in realm ${region.realm}, and the zone's realm is ${realm}`;
    return [{ path: `spec.nodes.regions[${index}]`, message }];
  });
}
