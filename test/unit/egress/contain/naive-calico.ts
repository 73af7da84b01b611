import type { Labels } from "../../../../src/api/kubernetes.ts";
import { bitsOf, holds, type End, type Opens } from "./packet.ts";

/** A selector as it is meant; the tests write it down, so that nobody here has to read it. */
export type Expression =
  | { readonly kind: "all" }
  | { readonly kind: "has"; readonly label: string }
  | { readonly kind: "in"; readonly label: string; readonly values: readonly string[] }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly of: readonly [Expression, Expression] };

/** One side of a rule. */
export type Entity = {
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
  readonly selector?: Expression;
  readonly namespaceSelector?: Expression;
  readonly ports?: readonly (number | string)[];
  readonly notPorts?: readonly (number | string)[];
};
/** A rule by Calico. */
export type Rule = {
  readonly action: string;
  readonly ipVersion?: number;
  readonly protocol?: string;
  readonly notProtocol?: string;
  readonly source?: Entity;
  readonly destination?: Entity;
};
/** A spec of a Calico policy. */
export type CalicoSpec = {
  readonly tier?: string;
  readonly types?: readonly string[];
  readonly egress?: readonly Rule[];
  readonly ingress?: readonly Rule[];
};

/** What a policy opens to pods of the zone; `pods` are those by which NetworkSets are told that a selector may match. */
export function openedByCalico(spec: CalicoSpec, namespace: string | undefined, pods: readonly End[]): Opens {
  const { egress = [], ingress = [], tier = "default" } = spec;
  const types = spec.types ?? [
    ...(egress.length > 0 ? ["Egress"] : []),
    ...(ingress.length > 0 || egress.length === 0 ? ["Ingress"] : []),
  ];
  const passing = tier === "default" ? "Allow" : "Deny";
  return (direction, end) => {
    if (!types.includes(direction === "egress" ? "Egress" : "Ingress")) return undefined;
    const about = (direction === "egress" ? egress : ingress)
      .filter(({ action }) => action !== "Log")
      .map((rule) => ({ ...rule, action: rule.action === "Pass" ? passing : rule.action }))
      .filter((rule) => isPeer(rule, direction, end, namespace, pods));
    if (about.length === 0) return undefined;
    return (protocol, port) => about.find((rule) => isOpen(rule, protocol, port))?.action === "Allow";
  };
}

function isPeer(rule: Rule, direction: string, end: End, own: string | undefined, pods: readonly End[]): boolean {
  const { nets, notNets, selector, namespaceSelector } =
    (direction === "egress" ? rule.destination : rule.source) ?? {};
  const isDenial = rule.action === "Deny";
  const selects = selector !== undefined || namespaceSelector !== undefined;
  if (end.kind === "address") {
    const width = rule.ipVersion === 4 ? 32 : rule.ipVersion === 6 ? 128 : undefined;
    if (width !== undefined && bitsOf(end.address).width !== width) return false;
    if (selects && nets === undefined) return false;
    if (selects && isDenial) return false;
    return (
      (nets?.some((cidr) => holds(cidr, end.address)) ?? true) &&
      !(notNets ?? []).some((cidr) => holds(cidr, end.address))
    );
  }
  // A pod's address may be of either family, and in or out of any block: allowing that opens, denying is not sure.
  if (nets !== undefined) return false;
  if (isDenial && (notNets !== undefined || rule.ipVersion !== undefined)) return false;
  if (!selects) return true;
  const isSelected = (one: End): boolean =>
    one.kind === "pod" &&
    holdsFor(selector ?? { kind: "all" }, one.pod) &&
    (namespaceSelector === undefined && own !== undefined
      ? one.namespace["kubernetes.io/metadata.name"] === own
      : holdsFor(namespaceSelector ?? { kind: "all" }, one.namespace));
  if (end.kind === "pod") return isSelected(end);
  // A NetworkSet in a namespace that is not of the zone bears whatever labels it takes.
  return (
    !isDenial &&
    end.name.includes("NetworkSet") &&
    pods.some((one) => one.kind === "pod" && one.namespace["domicile.dev/sealed"] !== "us" && isSelected(one))
  );
}

function holdsFor(expression: Expression, labels: Labels): boolean {
  switch (expression.kind) {
    case "all":
      return true;
    case "has":
      return labels[expression.label] !== undefined;
    case "in":
      return expression.values.includes(labels[expression.label] ?? "\0");
    case "not":
      return !holdsFor(expression.of, labels);
    case "and":
      return expression.of.every((one) => holdsFor(one, labels));
    default:
      return expression.of.some((one) => holdsFor(one, labels));
  }
}

function isOpen({ action, protocol, notProtocol, destination = {} }: Rule, spoken: string, port: number): boolean {
  const isDenial = action === "Deny";
  const isIcmp = (name: string): boolean => name === "ICMP";
  if (protocol !== undefined && (isIcmp(protocol) ? spoken !== "other" || isDenial : protocol !== spoken)) return false;
  if (notProtocol !== undefined && (isIcmp(notProtocol) ? spoken === "other" && isDenial : notProtocol === spoken))
    return false;
  const { ports, notPorts } = destination;
  const isIn = (one: number | string): boolean => {
    const [first = "", last = first] = String(one).split(":");
    return Number(first) <= port && port <= Number(last);
  };
  const isName = (one: number | string): boolean => typeof one === "string" && !/^[0-9]/.test(one);
  if (isDenial && notPorts?.some(isName) === true) return false;
  if (notPorts?.some((one) => !isName(one) && isIn(one)) === true) return false;
  return ports?.some((one) => (isName(one) ? !isDenial && port >= 1 : isIn(one))) ?? true;
}
