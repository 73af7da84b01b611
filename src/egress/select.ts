import type { LabelSelector } from "../api/kubernetes.ts";
import { namespaceNameLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import { byKey } from "../labels/implies.ts";
import { parseSelector } from "../labels/selector.ts";
import { isNever } from "../labels/states.ts";
import type { States } from "../labels/states.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { clusterKey, meeting, namespaceKey, podKey, thisCluster } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";

/** Where a policy stands: the zone of the pods it is judged for. */
export type Place = {
  readonly zone: string;
  /** The policy's own namespace, one of the zone; undefined for a kind that has none. */
  readonly namespace: string | undefined;
  /** Names of the zone's namespaces. */
  readonly namespaces: readonly string[];
  /** This cluster's name in a mesh of several (Cilium's ClusterMesh); undefined where it is alone. */
  readonly cluster?: string | undefined;
  /**
   * False where pods are asked about whose labels are all known: then nothing is taken for granted of the policy's own
   * namespace but its name.
   */
  readonly sealed?: false;
};

/** Pods whose namespace or own labels a metav1.LabelSelector matches; undefined when it can match none. */
export function selected(
  read: Reader,
  value: unknown,
  path: string,
  key: (label: string) => string,
): PodSet | undefined {
  const parsed = parseSelector(selectorAt(read, value, path));
  if (!parsed.ok) {
    for (const { path: at, problem } of parsed.problems) read.refuse(`${path}.${at}`, problem);
    return undefined;
  }
  const states = byKey(parsed.requirements);
  return states.values().some(isNever) ? undefined : new Map(states.entries().map(([label, one]) => [key(label), one]));
}

/**
 * Pods of namespaces that match the one selector, themselves matching the other; without a namespaceSelector those of
 * the policy's own namespace. What is known of the own namespace whatever becomes of its other labels is said in labels:
 * nobody forges its name, and it is sealed for the zone, or no pod in it is admitted. So selecting it by its name is as
 * good as selecting the zone, while any other namespace is of the zone only if the selector says so.
 */
export function podsOf(
  read: Reader,
  place: Place,
  { namespaceSelector, podSelector }: { readonly namespaceSelector: unknown; readonly podSelector: unknown },
  path: string,
): readonly PodSet[] {
  const pods = isAbsent(podSelector) ? new Map() : selected(read, podSelector, `${path}.podSelector`, podKey);
  const own = place.namespace === undefined ? undefined : ownFacts(place, place.namespace);
  const spaces = isAbsent(namespaceSelector)
    ? own
    : selected(read, namespaceSelector, `${path}.namespaceSelector`, namespaceKey);
  const all = pods && spaces && meeting(pods, spaces);
  return all === undefined ? [] : splitByHome(all, place);
}

/**
 * The pods of the own namespace with all that is known of it, and those of all others. They are of this cluster unless
 * the set says otherwise: no kind but Cilium's own knows of others.
 */
export function splitByHome(pods: PodSet, place: Place): readonly PodSet[] {
  const { namespace, cluster } = place;
  const here = pods.has(clusterKey) ? pods : new Map(pods).set(clusterKey, only([cluster ?? thisCluster]));
  const named = meeting(here, someName);
  if (named === undefined || namespace === undefined) return named === undefined ? [] : [named];
  const own = cluster ?? thisCluster;
  return [
    meeting(named, new Map(ownFacts(place, namespace)).set(clusterKey, only([own]))),
    meeting(named, new Map([[nameKey, except([namespace])]])),
    // One of the same name in another cluster is not the own one, and nothing is known of it.
    meeting(named, new Map(ofName(namespace)).set(clusterKey, except([own]))),
  ].filter((set) => set !== undefined);
}

/** Whether pods of the zone may be among these: labels of their own decide nothing, names of namespaces do. */
export const mayBeOf = (pods: PodSet, { zone, namespaces }: Place): boolean =>
  meeting(
    pods,
    new Map([
      [namespaceKey(zoneLabel), only([zone])],
      [nameKey, only(namespaces)],
    ]),
  ) !== undefined;

/** The name of the namespace. */
export const nameKey = namespaceKey(namespaceNameLabel);
/** One of these. */
export const only = (values: readonly string[]): States => ({ absent: false, rule: "only", values: new Set(values) });
/** Anything but these. */
export const except = (values: readonly string[]): States => ({
  absent: false,
  rule: "except",
  values: new Set(values),
});

/** Every namespace has the label with its name. */
const someName: PodSet = new Map([[nameKey, except([])]]);

/** Every pod there may be: in a namespace with a name, and in this cluster where it is joined with no other. */
export const universe = (cluster: string | undefined): PodSet =>
  new Map(someName).set(clusterKey, cluster === undefined ? only([thisCluster]) : except([]));

const ofName = (namespace: string): PodSet => new Map([[nameKey, only([namespace])]]);

const ownFacts = ({ zone, sealed }: Place, namespace: string): PodSet =>
  sealed === false
    ? ofName(namespace)
    : new Map([
        [nameKey, only([namespace])],
        [namespaceKey(zoneLabel), only([zone])],
        [namespaceKey(sealedLabel), only([zone])],
      ]);

/** A selector whose fields have their types; what has not is a problem, and says nothing. */
export function selectorAt(read: Reader, value: unknown, path: string): LabelSelector {
  const { matchLabels, matchExpressions } = read.object(value, path, ["matchLabels", "matchExpressions"]);
  return {
    matchLabels: read.map(matchLabels, `${path}.matchLabels`),
    matchExpressions: read.list(matchExpressions, `${path}.matchExpressions`).map(([item, at]) => {
      const { key, operator, values } = read.object(item, at, ["key", "operator", "values"]);
      return {
        key: read.text(key, `${at}.key`) ?? "",
        operator: read.text(operator, `${at}.operator`) ?? "",
        values: read.texts(values, `${at}.values`),
      };
    }),
  };
}
