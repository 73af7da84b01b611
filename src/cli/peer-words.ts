import type { LabelSelector, PolicyPeer, PolicyPort } from "../api/kubernetes.ts";
import { namespaceNameLabel, sealedLabel } from "../api/names.ts";

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

const requirementText = (key: string, operator: string, values: readonly string[]): string => {
  switch (operator) {
    case "In":
      return `${key} in (${values.join(",")})`;
    case "NotIn":
      return `${key} notin (${values.join(",")})`;
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
        .map(([protocol, all]) => `${protocol} ${all.map(rangeText).join(", ")}`)
        .join("; ");

const rangeText = ({ port, endPort }: PolicyPort): string =>
  port === undefined ? "every port" : endPort === undefined || endPort === port ? `${port}` : `${port}-${endPort}`;
