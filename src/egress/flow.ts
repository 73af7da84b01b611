import { empty, everything, unionOf } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { everyPod } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import type { PortSet } from "./port-set.ts";

/** Which end of the connection is the zone's pod: it connects out, or somebody connects in. */
export type Direction = "egress" | "ingress";

/** Who is at the other end. */
export type Peers = {
  readonly addresses: CidrSet;
  readonly pods: readonly PodSet[];
  /** Ends that have neither an address nor labels here, by name ("the node itself"); "every" is whoever there is. */
  readonly others: readonly string[] | "every";
};

/** Nobody. */
export const nobody: Peers = { addresses: empty, pods: [], others: [] };

/** Whoever there is: what a rule without peers means. */
export const everybody: Peers = { addresses: everything, pods: [everyPod], others: "every" };

/** Peers with the field that names them. */
export type Entry = Peers & { readonly path: string };

/** All peers of these. */
export const together = (peers: readonly Peers[]): Peers => ({
  addresses: unionOf(peers.map(({ addresses }) => addresses)),
  pods: peers.flatMap(({ pods }) => pods),
  others: peers.some(({ others }) => others === "every")
    ? "every"
    : peers.flatMap(({ others }) => (others === "every" ? [] : others)),
});

/**
 * One rule of any kind of policy, as the product of its peers and its ports. `allow` opens what no rule before it in its
 * policy blocks; `block` keeps the rules after it, in its policy, from opening. What blocks must be no more than what
 * the policy's enforcer blocks, and what allows no less than what it allows: then "contained" is never said in error.
 */
export type Rule = {
  readonly action: "allow" | "block";
  readonly direction: Direction;
  readonly entries: readonly Entry[];
  readonly ports: PortSet;
  /** Rules of one list decide together; those of others neither block nor are blocked. */
  readonly within?: string;
  /** What a person should know of how the ports were read. */
  readonly note?: string;
};

/** A policy as rules in the order in which they decide, or why it cannot be judged: `path` is the field. */
export type Reading =
  | { readonly kind: "rules"; readonly rules: readonly Rule[] }
  | { readonly kind: "unproved"; readonly path: string; readonly message: string };

/** A policy that opens nothing: it selects no pod of the zone, or has no rule that allows. */
export const opensNothing: Reading = { kind: "rules", rules: [] };
