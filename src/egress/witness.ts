import type { Labels } from "../api/kubernetes.ts";
import { namespaceNameLabel } from "../api/names.ts";
import { printAddress } from "../cidr/address.ts";
import { firstOf, isEmpty } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import type { States } from "../labels/states.ts";
import type { Direction } from "./flow.ts";
import { clusterKey, namespaceKey, podKey, thisCluster } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import type { PortRange, Protocol } from "./port-set.ts";

/** The far end of a connection: an address, a pod by labels, or something that has neither, in words. */
export type End =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "pod"; readonly namespace: Labels; readonly pod: Labels; readonly cluster?: string }
  | { readonly kind: "other"; readonly name: string };

/** One connection that a policy opens and the zone does not. Protocols without ports have port 0. */
export type Witness = {
  readonly direction: Direction;
  readonly end: End;
  readonly protocol: Protocol;
  readonly port: number;
};

/** The lowest address of a set, as a far end; undefined when the set is empty. */
export function addressEnd(set: CidrSet): End | undefined {
  const first = isEmpty(set) ? undefined : firstOf(set);
  return first && { kind: "address", address: printAddress(first) };
}

/** One pod of a set, bearing as few labels as it may. */
export function podEnd(set: PodSet): End {
  const { [clusterKey]: cluster = thisCluster } = labelsOf(set, "");
  return {
    kind: "pod",
    namespace: labelsOf(set, namespaceKey("")),
    pod: labelsOf(set, podKey("")),
    ...(cluster === thisCluster ? {} : { cluster }),
  };
}

/** One port of a range that people know, if it is in there. */
export const portIn = ({ protocol, first, last }: PortRange): number =>
  protocol === "other" ? 0 : first <= 443 && 443 <= last ? 443 : first === 0 && last > 0 ? 1 : first;

/** A connection in words: "egress to 198.51.100.7, port 443/TCP". */
export const connectionOf = ({ direction, end, protocol, port }: Witness): string =>
  `${direction} ${direction === "egress" ? "to" : "from"} ${nameOf(end)}, ${protocol === "other" ? "protocols without ports, such as ICMP" : `port ${port}/${protocol}`}`;

function nameOf(end: End): string {
  switch (end.kind) {
    case "address":
      return end.address;
    case "pod":
      return `a pod ${labelled(end.pod)} in a namespace ${labelled(end.namespace)}${end.cluster === undefined ? "" : ` of cluster ${end.cluster}`}`;
    case "other":
      return end.name;
    default:
      return end satisfies never;
  }
}

const labelled = (labels: Labels): string => {
  const entries = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return entries.length === 0 ? "without labels" : `labelled ${entries.join(", ")}`;
};

const labelsOf = (set: PodSet, prefix: string): Labels =>
  Object.fromEntries(
    [...set].flatMap(([key, states]) => {
      const label = key.slice(prefix.length);
      const value = key.startsWith(prefix) ? valueIn(label, states) : undefined;
      return value === undefined ? [] : [[label, value]];
    }),
  );

/** A value that the states admit; undefined where none is needed. */
function valueIn(label: string, { absent, rule, values }: States): string | undefined {
  if (absent) return undefined;
  if (rule === "only") return [...values][0];
  // One of these is not among the values: there is one more of them than there are values.
  return Array.from({ length: values.size + 1 }, (_, at) => `${elsewhere(label)}${at === 0 ? "" : `-${at}`}`).find(
    (value) => !values.has(value),
  );
}

const elsewhere = (label: string): string =>
  label === namespaceNameLabel || label === clusterKey ? "elsewhere" : "any";
