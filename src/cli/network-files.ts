import { clusterDnsLabels, isOurPolicy } from "../api/names.ts";
import { policyKinds, type PolicyKind } from "../api/policy-kinds.ts";
import { compileIn } from "../egress/compile-in.ts";
import { stamp } from "../egress/stamp.ts";
import { apiServerFacts, projectApiServerService, projectApiServerSlice } from "../zone/api-server-facts.ts";
import { dnsFacts, projectDnsService, projectDnsSlice } from "../zone/dns-facts.ts";
import type { NamespaceFacts, PolicyFacts } from "../zone/facts.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectForeign } from "../zone/foreign-facts.ts";
import { projectNode } from "../zone/node-facts.ts";
import { ownNetworks, projectServiceCidr } from "../zone/own-networks.ts";
import { projectPod } from "../zone/pod-facts.ts";
import { projectPolicy } from "../zone/policy-facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { described, noUid, unknownNamespace, withManifests } from "./manifest-world.ts";
import type { Manifest } from "./manifests.ts";
import type { NetworkView } from "./network-view.ts";

/** The network as files tell it: what only a cluster knows is left out, and noted. */
export const networkOfFiles = (manifests: readonly Manifest[]): NetworkView => {
  const of = described(manifests);
  const { zones = [], ...lists } = withManifests({}, manifests, ({ zone, sealed }) => sealed ?? zone);
  const apiServer = apiServerFacts(
    of("discovery.k8s.io", "EndpointSlice", projectApiServerSlice),
    of("", "Service", projectApiServerService),
  );
  const dns = dnsFacts(of("", "Service", projectDnsService), of("discovery.k8s.io", "EndpointSlice", projectDnsSlice));
  const known = zones.map(asFilesTell({ apiServer, dns }));
  const apiServerLeftOut = known.filter(({ leftOut }) => leftOut).map(({ zone }) => zone.name);
  const nodes = of("", "Node", projectNode);
  const all: Lists = {
    ...lists,
    zones: known.map(({ zone }) => zone),
    nodes,
    pods: of("", "Pod", projectPod),
    policies: of("networking.k8s.io", "NetworkPolicy", projectPolicy).map(placed({ namespaced: true })),
    foreign: policyKinds.flatMap((kind) => of(kind.group, kind.kind, projectForeign(kind)).map(placed(kind))),
    ownNetworks: ownNetworks(nodes, of("networking.k8s.io", "ServiceCIDR", projectServiceCidr)),
    apiServer,
    dns,
  };
  const whole = { ...all, namespaces: [...(all.namespaces ?? []), ...namedBy(all)] };
  return {
    lists: { ...whole, policies: [...(whole.policies ?? []), ...ownPolicies(whole)] },
    notes: apiServerLeftOut.map(apiServerNote),
    apiServerLeftOut,
  };
};

/** What a file puts into no namespace, kubectl puts into `default`, where its kind has namespaces. */
const placed =
  ({ namespaced }: Pick<PolicyKind, "namespaced">) =>
  <T extends { readonly namespace: string }>(policy: T): T =>
    namespaced && policy.namespace === "" ? { ...policy, namespace: "default" } : policy;

/** Namespaces of no file that a zone names: a zone that names one that does not exist yet has it from the start. */
const namedBy = ({ zones = [], namespaces = [] }: Lists): readonly NamespaceFacts[] => {
  const there = new Set(namespaces.map(({ name }) => name));
  return zones.flatMap(({ name: zone, namespaces: names }) =>
    names.filter((name) => !there.has(name)).map((name) => unknownNamespace(name, zone)),
  );
};

/** Domicile's own policies as it would write them, in namespaces of which no file holds any. */
const ownPolicies = (lists: Lists): readonly PolicyFacts[] => {
  const world = listed(lists);
  return [...world.zones.values()].flatMap(({ name: zone, enforcement, parsed }) => {
    const compiled = parsed.ok && enforcement === "Enforce" ? compileIn(world, parsed.value) : undefined;
    if (compiled?.kind !== "compiled") return [];
    return world
      .namespacesOf(zone)
      .filter((namespace) => !world.policiesIn(namespace).some(({ name }) => isOurPolicy(name)))
      .flatMap((namespace) => stamp(compiled.specs, namespace, zone))
      .map(({ metadata, spec }) => ({ ...metadata, uid: noUid, resourceVersion: "", created: 0, spec }));
  });
};

/** A zone as far as files tell what is around it. */
export const asFilesTell =
  ({ apiServer, dns = [] }: Pick<Lists, "apiServer" | "dns">) =>
  (zone: ZoneRecord): { readonly zone: ZoneRecord; readonly leftOut: boolean } => {
    const served = dns.length === 0 ? withUsualDns(zone) : zone;
    return apiServer === undefined ? withoutApiServer(served) : { zone: served, leftOut: false };
  };

/** Which DNS is found only a cluster knows: it is taken for what most have. */
const withUsualDns = (zone: ZoneRecord): ZoneRecord => {
  const { parsed } = zone;
  if (!parsed.ok || parsed.value.egress.dns.podSelector !== undefined) return zone;
  const { egress } = parsed.value;
  const dns = { ...egress.dns, podSelector: { matchLabels: clusterDnsLabels } };
  return { ...zone, parsed: { ok: true, value: { ...parsed.value, egress: { ...egress, dns } } } };
};

/** Where the API server is only a cluster knows: without it nothing is opened in its name, and the rest is as it is. */
const withoutApiServer = (zone: ZoneRecord): { readonly zone: ZoneRecord; readonly leftOut: boolean } => {
  const { parsed } = zone;
  if (!parsed.ok || parsed.value.egress.apiServer === "Deny") return { zone, leftOut: false };
  const egress = { ...parsed.value.egress, apiServer: "Deny" as const };
  return { zone: { ...zone, parsed: { ok: true, value: { ...parsed.value, egress } } }, leftOut: true };
};

/** What a person should know of such a zone. */
export const apiServerNote = (zone: string): string =>
  `zone ${zone} allows the API server, and no file says where that is; give the Service and EndpointSlice kubernetes of namespace default.`;
