import { systemNamespacePrefix } from "../api/names.ts";
import type { World } from "./world.ts";

/** Namespaces that Kubernetes makes itself. Label selectors know no prefixes, so kube-* is told by name. */
const kubernetesOwn = ["kube-system", "kube-public", "kube-node-lease"] as const;

/** Namespaces in which nothing is ever sealed, whatever zones there are. */
export const neverSealed = (ownNamespace: string): readonly string[] => [...kubernetesOwn, ownNamespace];

/**
 * Namespaces that can never join a zone and that no webhook matches: Kubernetes', Domicile's and the zones' DNS. A
 * sealed namespace does not become one by being named as somebody's DNS: that would take the webhooks off its pods.
 */
export const exemptNamespaces = (world: World): readonly string[] => {
  const dns = [...world.zones.values()]
    .flatMap(({ parsed }) => (parsed.ok ? [parsed.value.egress.dns.namespace] : []))
    .filter((name) => world.namespaces.get(name)?.sealed === undefined);
  return [...new Set([...neverSealed(world.ownNamespace), ...dns])].toSorted();
};

/** Whether a namespace can never join a zone, whatever label it bears. */
export const neverJoins = (world: World, name: string): boolean =>
  name.startsWith(systemNamespacePrefix) || exemptNamespaces(world).includes(name);
