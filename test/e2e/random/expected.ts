import type { KnownNode } from "./nodes.ts";
import { home, taint } from "./nodes.ts";
import type { RandomPod, Requirement, Term } from "./pods.ts";

// What ought to become of a pod, from what docs/ says and from what the test itself made: it shares no code with Domicile.

/** A pod is refused for one reason, or may run on these nodes and on no others. */
export type Expected = { readonly refused: string } | { readonly nodes: readonly string[] };

const ours = "domicile.dev.node-restriction.kubernetes.io/";

/** What ought to become of this pod in a namespace of the zone. */
export const expected = (pod: RandomPod, zone: string, nodes: readonly KnownNode[]): Expected => {
  const own = `${ours}${zone}`;
  if (pod.nodeName !== undefined) return { refused: "NodeNameSet" };
  const entries = Object.entries(pod.nodeSelector);
  if (entries.some(([key, value]) => key.startsWith(ours) && !(key === own && value === "verified")))
    return { refused: "NodeSelectorOutsideZone" };
  if (Object.keys(pod.annotations).length > 0) return { refused: "NetworkAttachment" };
  // Who asks for the zone already can at worst wait.
  if (pod.nodeSelector[own] === undefined) {
    if (entries.some(([key, value]) => isFar(key, value))) return { refused: "NodeSelectorOutsideZone" };
    if (pod.terms.length > 0 && pod.terms.every((term) => asksAbroad(term, own)))
      return { refused: "NodeAffinityOutsideZone" };
  }
  return { nodes: nodes.filter((node) => mayRun(pod, own, node)).map(({ name }) => name) };
};

/** Whether a value of a location label is none of the zone's; the other labels say nothing of location. */
const isFar = (key: string, value: string): boolean => {
  if (key.endsWith("/region")) return !home.some((region) => region === value);
  if (key.endsWith("/zone")) return !home.some((region) => value.startsWith(`${region.toUpperCase()}-AD-`));
  return false;
};

const asksAbroad = ({ matchExpressions = [] }: Term, own: string): boolean =>
  matchExpressions.some(({ key, operator, values = [] }) =>
    key === own
      ? operator === "DoesNotExist" || operator === "NotIn"
      : operator === "In" && values.every((value) => isFar(key, value)),
  );

const mayRun = (pod: RandomPod, own: string, { verified, name, object }: KnownNode): boolean => {
  if (!verified) return false;
  const labels: Readonly<Record<string, string>> = { ...object.metadata.labels, [own]: "verified" };
  const taints = (object.spec?.["taints"] ?? []) as readonly { readonly key: string }[];
  return (
    (pod.tolerates || !taints.some(({ key }) => key === taint.key)) &&
    Object.entries(pod.nodeSelector).every(([key, value]) => labels[key] === value) &&
    (pod.terms.length === 0 || pod.terms.some((term) => matches(term, labels, name)))
  );
};

const matches = (
  { matchExpressions = [], matchFields = [] }: Term,
  labels: Readonly<Record<string, string>>,
  name: string,
): boolean =>
  matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
  matchFields.every((requirement) => holds(requirement, name));

const holds = ({ operator, values = [] }: Requirement, value: string | undefined): boolean => {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      throw new Error(`the test makes no ${operator}`);
  }
};
