import type { Allowance } from "../allowance.ts";
import { allowancesFrom, type Grants } from "../grant.ts";

/** What the policies of a zone in a tier are made from: the rules that its NetworkPolicies are made from. */
export type TierInput = {
  readonly zone: string;
  readonly egress: readonly Allowance[];
  /** `everybody` where the zone's ingress is Open. */
  readonly ingress: readonly Allowance[] | "everybody";
};

/** What a zone opens, as a tier is made from it. */
export const tierInput = (zone: string, { egress, ingress }: Grants): TierInput => ({
  zone,
  egress: allowancesFrom(egress),
  ingress: ingress === "everybody" ? ingress : allowancesFrom(ingress),
});

/** A list in pieces of at most `size`; none for an empty one. */
export const chunked = <T>(list: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
