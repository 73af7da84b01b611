import type { NetworkPolicySpec } from "../api/kubernetes.ts";
import { allowanceOf, allowancesOf, egressRule, ingressRule, isEmpty } from "./allowance.ts";
import type { Allowance, Approval } from "./allowance.ts";
import type { Direction } from "./flow.ts";

/** For what something is open. */
export type Why =
  | { readonly kind: "dns" }
  | { readonly kind: "withinZone"; readonly zone: string }
  | { readonly kind: "apiServer" }
  | { readonly kind: "cluster"; readonly cluster: string; readonly region: string; readonly network: string }
  | { readonly kind: "network"; readonly network: string }
  | { readonly kind: "peer" }
  | { readonly kind: "everybody" };

/**
 * One thing that a zone opens, with its reason and the field of the zone that says so. All that is compiled is compiled
 * from these, so whoever shows them shows what the policies hold. `alone`: it is a rule by itself, with its peers as
 * they are; the others share rules with those on the same ports, and their addresses are merged.
 */
export type Grant = Approval & { readonly why: Why; readonly path: string; readonly alone: boolean };

/** What a zone opens in each direction; `everybody` where its ingress is Open. */
export type Grants = { readonly egress: readonly Grant[]; readonly ingress: readonly Grant[] | "everybody" };

/** The rules that grants come to. */
export const allowancesFrom = (grants: readonly Grant[]): readonly Allowance[] =>
  [
    ...grants.filter(({ alone }) => alone).map(allowanceOf),
    ...allowancesOf(grants.filter(({ alone }) => !alone)),
  ].filter((allowance) => !isEmpty(allowance));

/** A grant as a policy of its own, by which it is read as any other policy is. */
export const policyOf = (grant: Grant, direction: Direction): Partial<NetworkPolicySpec> =>
  direction === "egress"
    ? { podSelector: {}, policyTypes: ["Egress"], egress: [egressRule(allowanceOf(grant))] }
    : { podSelector: {}, policyTypes: ["Ingress"], ingress: [ingressRule(allowanceOf(grant))] };

/** A reason in words, for people. */
export function whyWords(why: Why): string {
  switch (why.kind) {
    case "dns":
      return "DNS";
    case "withinZone":
      return `zone ${why.zone} itself`;
    case "apiServer":
      return "the API server";
    case "cluster":
      return `RemoteCluster ${why.cluster} (${why.region}), network ${why.network}`;
    case "network":
      return `network ${why.network}`;
    case "peer":
      return "a peer of the zone";
    case "everybody":
      return "ingress is Open";
    default:
      return why satisfies never;
  }
}
