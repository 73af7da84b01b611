import type { LabelSelector, PolicyPeer, PolicyPort } from "../api/kubernetes.ts";
import { namespaceNameLabel, sealedLabel } from "../api/names.ts";
import { clusterKey, namespaceKey, podKey, type PodSet } from "../egress/pod-set.ts";
import { lastPort, protocols, type PortRange } from "../egress/port-set.ts";
import type { States } from "../labels/states.ts";

/** How many ends are shown of one thing that is open. */
const most = 3;

/** The first ends, and how many more there are; one more would take the same line. */
export const firstEnds = (ends: readonly string[]): readonly string[] =>
  ends.length <= most + 1 ? ends : [...ends.slice(0, most), `and ${ends.length - most} more`];

/** A peer of a policy in words: `10.0.0.0/8`, `pods of zone us`, `pods app=web in namespaces team=a`. */
export const peerWords = ({ ipBlock, namespaceSelector, podSelector }: PolicyPeer): string => {
  if (ipBlock !== undefined) {
    const holes = ipBlock.except ?? [];
    return holes.length === 0 ? ipBlock.cidr : `${ipBlock.cidr} without ${holes.join(", ")}`;
  }
  const pods = podSelector === undefined ? "" : selectorText(podSelector);
  return `pods ${pods === "" ? "" : `${pods} `}${namespaceWords(namespaceSelector)}`;
};

/** Where pods are that a namespaceSelector means: `of zone us`, `in kube-system`, `in namespaces team=a`. */
const namespaceWords = (selector: LabelSelector | undefined): string => {
  if (selector === undefined) return "of the same namespace";
  const { matchExpressions = [] } = selector;
  const outside = matchExpressions.find(({ key, operator }) => key === sealedLabel && operator === "NotIn");
  if (outside !== undefined) {
    const rest = selectorText({ ...selector, matchExpressions: matchExpressions.filter((each) => each !== outside) });
    return `${rest === "" ? "" : `in namespaces ${rest} `}outside zone ${(outside.values ?? []).join(" and ")}`;
  }
  const text = selectorText(selector);
  if (text === "") return "of every namespace";
  const [only, ...more] = Object.entries(selector.matchLabels ?? {});
  const alone = only !== undefined && more.length === 0 && (selector.matchExpressions ?? []).length === 0;
  if (alone && only[0] === namespaceNameLabel) return `in ${only[1]}`;
  if (alone && only[0] === sealedLabel) return `of zone ${only[1]}`;
  return `in namespaces ${text}`;
};

/** A label selector as kubectl takes it; empty for one that matches everything. */
export const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => requirementText(key, operator, values)),
  ].join(",");

/** What is left between two selectors may be one of some values, or no label at all, which no selector can say. */
const orNone = "InOrNone";

/** A set of pods as selectors, for words: how it is known that they are of this cluster, and have a name, goes unsaid. */
export const peerOf = (
  set: PodSet,
): { readonly namespaceSelector: LabelSelector; readonly podSelector: LabelSelector } => {
  const under = (key: (label: string) => string): LabelSelector => {
    const prefix = key("");
    const found = [...set].filter(([each]) => each.startsWith(prefix) && each !== clusterKey);
    return selectorOf(found.map(([each, states]) => [each.slice(prefix.length), states] as const));
  };
  return { namespaceSelector: under(namespaceKey), podSelector: under(podKey) };
};

const selectorOf = (labels: readonly (readonly [string, States])[]): LabelSelector => ({
  matchLabels: Object.fromEntries(
    labels.flatMap(([key, { absent, rule, values }]) => {
      const [only] = values;
      return rule === "only" && !absent && values.size === 1 && only !== undefined ? [[key, only]] : [];
    }),
  ),
  matchExpressions: labels.flatMap(([key, { absent, rule, values }]) => {
    const named = [...values].toSorted();
    if (rule === "only") {
      if (absent) return [{ key, operator: named.length === 0 ? "DoesNotExist" : orNone, values: named }];
      return named.length === 1 ? [] : [{ key, operator: "In", values: named }];
    }
    const exists = absent || key === namespaceNameLabel ? [] : [{ key, operator: "Exists" }];
    return [...exists, ...(named.length === 0 ? [] : [{ key, operator: "NotIn", values: named }])];
  }),
});

/** Ports from the first to the last as a rule would list them; without any where all are meant. */
export const portsOf = (ranges: readonly PortRange[]): readonly PolicyPort[] => {
  const isAll = ({ protocol, first, last }: PortRange): boolean =>
    first === 0 && (protocol === "other" || last === lastPort);
  if (ranges.length === protocols.length && ranges.every(isAll)) return [];
  return ranges.map(({ protocol, first, last }) =>
    isAll({ protocol, first, last }) ? { protocol } : { protocol, port: first, endPort: last },
  );
};

const requirementText = (key: string, operator: string, values: readonly string[]): string => {
  switch (operator) {
    case "In":
      return `${key} in (${values.join(",")})`;
    case "NotIn":
      return `${key} notin (${values.join(",")})`;
    case orNone:
      return `${key} in (${values.join(",")}) or none`;
    case "Exists":
      return key;
    default:
      return `!${key}`;
  }
};

/** Ports of a rule in words: `TCP 443, 8080-8090; UDP 53`. */
export const portWords = (ports: readonly PolicyPort[]): string =>
  ports.length === 0
    ? "every port"
    : [...Map.groupBy(ports, ({ protocol = "TCP" }) => protocol)]
        .map(([protocol, all]) => (protocol === "other" ? "others" : `${protocol} ${all.map(rangeText).join(", ")}`))
        .join("; ");

const rangeText = ({ port, endPort }: PolicyPort): string =>
  port === undefined ? "every port" : endPort === undefined || endPort === port ? `${port}` : `${port}-${endPort}`;
