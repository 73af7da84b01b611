import { byKey } from "../labels/implies.ts";
import { parseSelector } from "../labels/selector.ts";
import type { Rule } from "./flow.ts";
import { anyState, isNever, meet } from "../labels/states.ts";
import type { States } from "../labels/states.ts";
import { clusterKey, meeting, namespaceKey, podKey } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import type { Reader } from "./reader.ts";
import { except, nameKey, only, selectorAt, splitByHome } from "./select.ts";
import type { Place } from "./select.ts";

/** Pods as an EndpointSelector has them; `exact` is false where it speaks of what is no label of a pod or namespace. */
export type Endpoints = { readonly pods: readonly PodSet[]; readonly exact: boolean };

/**
 * The peers of an EndpointSelector. Unless it says something of the namespace they are of the policy's own, or of every
 * namespace where the policy has none. Unless it names the cluster they are of every cluster of a mesh, as Cilium up to
 * 1.18 has it, or of this one alone, as 1.19 has it unless told otherwise: the more where a rule allows, and the less
 * where it denies.
 */
export function peersAt(read: Reader, place: Place, action: Rule["action"], value: unknown, path: string): Endpoints {
  const { product, exact } = labelsAt(read, value, path);
  const spaces = product?.keys().some((key) => key.startsWith(namespaceKey(""))) ?? false;
  const scoped = product === undefined || spaces || place.namespace === undefined ? product : inOwn(product, place);
  const meshed =
    scoped === undefined || scoped.has(clusterKey) || place.cluster === undefined || action === "block"
      ? scoped
      : new Map(scoped).set(clusterKey, except([]));
  return { pods: meshed === undefined ? [] : splitByHome(meshed, place), exact };
}

/** The pods that a policy is about: of its own namespace, if it has one, whatever it says of namespaces. */
export function subjectAt(read: Reader, place: Place, value: unknown, path: string): readonly PodSet[] {
  const { product } = labelsAt(read, value, path);
  if (product === undefined) return [];
  const own = new Map(product.entries().filter(([key]) => !key.startsWith(namespaceKey("")) && key !== clusterKey));
  const scoped = place.namespace === undefined ? product : inOwn(own, place);
  return scoped === undefined ? [] : [scoped];
}

const inOwn = (pods: PodSet, { namespace }: Place): PodSet | undefined =>
  namespace === undefined ? pods : meeting(pods, new Map([[nameKey, only([namespace])]]));

/** What a selector says, by our keys; no product where it can match nothing. What is no such label is left out. */
function labelsAt(
  read: Reader,
  value: unknown,
  path: string,
): { readonly product: PodSet | undefined; readonly exact: boolean } {
  const { matchLabels = {}, matchExpressions = [] } = selectorAt(read, value, path);
  const requirements = [
    ...Object.entries(matchLabels).map(([key, one]) => ({ key, operator: "In", values: [one] })),
    ...matchExpressions,
  ].map(({ key, ...rest }) => ({ ...rest, key: unsourced(key) }));
  const known = requirements.filter(({ key }) => isKnown(key));
  const parsed = parseSelector({ matchExpressions: known });
  if (!parsed.ok) {
    for (const { problem } of parsed.problems.slice(0, 1)) read.refuse(path, `has a requirement that ${problem}`);
    return { product: undefined, exact: false };
  }
  const product = new Map<string, States>();
  for (const [label, states] of byKey(parsed.requirements))
    product.set(keyOf(label), meet(product.get(keyOf(label)) ?? anyState, states));
  return {
    product: product.values().some(isNever) ? undefined : product,
    exact: known.length === requirements.length,
  };
}

/** A key may say where its label comes from: `k8s:app`, or `any:app`, which is the same of pods. */
const unsourced = (key: string): string => (/^(k8s|any):/.test(key) ? key.slice(4) : key);

const podNamespace = "io.kubernetes.pod.namespace";
const spacePrefix = "io.cilium.k8s.namespace.labels.";
const clusterLabel = "io.cilium.k8s.policy.cluster";

/** Others are of entities (`reserved:host`), service accounts, containers or images. */
const isKnown = (label: string): boolean =>
  !label.includes(":") && (label === clusterLabel || label.startsWith(spacePrefix) || !label.startsWith("io.cilium."));

function keyOf(label: string): string {
  if (label === podNamespace) return nameKey;
  if (label === clusterLabel) return clusterKey;
  return label.startsWith(spacePrefix) ? namespaceKey(label.slice(spacePrefix.length)) : podKey(label);
}
