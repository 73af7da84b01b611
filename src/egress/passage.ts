import type { Labels } from "../api/kubernetes.ts";
import type { Address } from "../cidr/address.ts";
import { blockOf } from "../cidr/block.ts";
import { overlaps, setOf } from "../cidr/set.ts";
import type { PolicyFacts } from "../zone/facts.ts";
import type { Direction, Entry } from "./flow.ts";
import { policyOf, type Grant, type Grants } from "./grant.ts";
import { readPolicy, type ReadPolicy } from "./network-policy.ts";
import { hasPod } from "./pod-set.ts";
import { hasPort } from "./port-set.ts";

/** Who is at the other end: an address, or a pod by all labels of its namespace and its own. */
export type FarEnd =
  | { readonly kind: "address"; readonly address: Address }
  | { readonly kind: "pod"; readonly namespace: Labels; readonly pod: Labels };

/** One connection, as a pod at one end of it sees it. */
export type Connection = {
  readonly direction: Direction;
  readonly end: FarEnd;
  readonly protocol: "TCP" | "UDP" | "SCTP";
  readonly port: number;
};

/** A pod at one end, and the NetworkPolicies of its namespace. */
export type Side = { readonly namespace: string; readonly pod: Labels; readonly policies: readonly PolicyFacts[] };

/** A rule that allows a connection: `path` is the field that names the other end. */
export type Match = { readonly policy: string; readonly path: string; readonly note?: string };

/** A policy that nobody can read whole, so that it may allow more. */
export type Unread = { readonly policy: string; readonly path: string; readonly message: string };

/** What the policies at one end do with a connection. `open`: none isolates the pod, so everybody passes. */
export type Passage = { readonly unread: readonly Unread[] } & (
  | { readonly kind: "open" }
  | { readonly kind: "allowed"; readonly by: readonly Match[] }
  /** By the policies that isolate the pod, none of which allows this. */
  | { readonly kind: "refused"; readonly isolatedBy: readonly string[] }
);

/**
 * Judges one connection as an enforcer does: a pod may do what any policy that selects it allows, and whatever it wants
 * where none does.
 */
export function passage({ namespace, pod, policies }: Side, connection: Connection): Passage {
  const read = policies.map(({ name, spec }) => ({ name, policy: readHere(spec, namespace) }));
  const unread = read.flatMap(({ name, policy }) =>
    policy.kind === "unproved" ? [{ policy: name, path: policy.path, message: policy.message }] : [],
  );
  const isolating = read.flatMap(({ name, policy }) =>
    policy.kind === "rules" && selects(policy, pod) && policy.isolates.includes(connection.direction)
      ? [{ name, rules: policy.rules }]
      : [],
  );
  if (isolating.length === 0) return { kind: "open", unread };
  const by = isolating.flatMap(({ name, rules }) =>
    matching(rules, connection).map((match) => ({ policy: name, ...match })),
  );
  return by.length > 0
    ? { kind: "allowed", by, unread }
    : { kind: "refused", isolatedBy: isolating.map(({ name }) => name), unread };
}

/** What a zone says of a connection: what opens it, and what is open to the same end on other ports alone. */
export type Opened = { readonly opening: readonly Grant[]; readonly elsewhere: readonly Grant[] };

/** Which of the things that a zone opens hold a connection; `namespace` is the pod's own. */
export function openedBy(grants: Grants, namespace: string, connection: Connection): Opened | "everybody" {
  const { direction } = connection;
  const all = grants[direction];
  if (all === "everybody") return "everybody";
  const read = all.map((grant) => ({ grant, policy: readHere(policyOf(grant, direction), namespace) }));
  const holding = (holds: typeof matching): readonly Grant[] =>
    read.flatMap(({ grant, policy }) =>
      policy.kind === "rules" && holds(policy.rules, connection).length > 0 ? [grant] : [],
    );
  const opening = holding(matching);
  return { opening, elsewhere: holding(reaching).filter((grant) => !opening.includes(grant)) };
}

/** Labels are all known here, so nothing is taken for granted of namespaces. */
const readHere = (spec: unknown, namespace: string): ReadPolicy =>
  readPolicy(spec, { zone: "", namespace, namespaces: [], sealed: false });

type Rules = Extract<ReadPolicy, { readonly kind: "rules" }>;

const selects = ({ pods }: Rules, pod: Labels): boolean => pods !== undefined && hasPod(pods, {}, pod);

/** The rules that allow a connection, each by the first of its peers that does. */
const matching = (rules: Rules["rules"], connection: Connection): readonly Omit<Match, "policy">[] =>
  reaching(
    rules.filter(({ ports }) => hasPort(ports, connection.protocol, connection.port)),
    connection,
  );

/** The rules that allow the other end, on whatever ports. */
const reaching = (rules: Rules["rules"], { direction, end }: Connection): readonly Omit<Match, "policy">[] =>
  rules.flatMap((rule) => {
    const entry = rule.direction === direction ? rule.entries.find((one) => holdsEnd(one, end)) : undefined;
    return entry === undefined ? [] : [{ path: entry.path, ...(rule.note === undefined ? {} : { note: rule.note }) }];
  });

const holdsEnd = ({ addresses, pods }: Entry, end: FarEnd): boolean =>
  end.kind === "address"
    ? overlaps(addresses, setOf([blockOf(end.address)]))
    : pods.some((set) => hasPod(set, end.namespace, end.pod));
