import type { Labels } from "../../../../src/api/kubernetes.ts";
import { addressOf, endsOf, type End } from "./packet.ts";

/** A policy or a list of them, as JSON. */
type Json = unknown;

const own = "payments";
const nameLabel = "kubernetes.io/metadata.name";

/** What texts and numbers stand in a policy, by the name of the field that holds them. */
function* leaves(value: Json, name = ""): Generator<readonly [name: string, leaf: string | number]> {
  if (typeof value === "string" || typeof value === "number") yield [name, value];
  else if (Array.isArray(value)) for (const item of value) yield* leaves(item, name);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) yield* leaves(item, key);
}

/**
 * Addresses at every boundary of every block that is written anywhere in these policies: its first and last, one before
 * and one after; and the ends of both address spaces. Between two boundaries every address is like every other.
 */
export function addressesIn(policies: Json): readonly End[] {
  const out = new Set<string>(["0.0.0.0", "255.255.255.255", addressOf({ width: 128, value: 0n })]);
  for (const [, leaf] of leaves(policies)) {
    if (typeof leaf !== "string" || !/^[0-9a-f.:]+\/[0-9]+$/.test(leaf)) continue;
    const { width, first, last } = endsOf(leaf);
    for (const value of [first - 1n, first, last, last + 1n])
      if (value >= 0n && value < 2n ** BigInt(width)) out.add(addressOf({ width, value }));
  }
  return [...out].map((address) => ({ kind: "address", address }));
}

/** Ports at every edge of every number that stands in these policies: it, one before and one after. */
export function portsIn(policies: Json): readonly number[] {
  const out = new Set([0, 1, 65535]);
  for (const [, leaf] of leaves(policies)) {
    const number = typeof leaf === "number" ? leaf : /^[0-9]{1,5}(:[0-9]{1,5})?$/.test(leaf) ? leaf : "";
    for (const text of String(number).split(":"))
      if (text !== "") for (const port of [Number(text) - 1, Number(text), Number(text) + 1]) out.add(port);
  }
  return [...out].filter((port) => port >= 0 && port <= 65535);
}

/** The protocols, and one that has no ports. */
export const protocolsWithPorts = (ports: readonly number[]): readonly { protocol: string; port: number }[] => [
  ...["TCP", "UDP", "SCTP"].flatMap((protocol) => ports.map((port) => ({ protocol, port }))),
  { protocol: "other", port: 0 },
];

/** Each label that a test may speak of, with its values: what a label is beyond these makes no difference to anybody. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

/** Pods with every combination of the labels that these policies mention, of which each may be absent. */
export function podsIn(policies: Json, spaces: Vocabulary, pods: Vocabulary): readonly End[] {
  const text = JSON.stringify(policies);
  const mentioned = (words: Vocabulary): Vocabulary =>
    Object.fromEntries(Object.entries(words).filter(([label]) => text.includes(`"${label}"`)));
  const namespaces = combinations(mentioned(spaces)).flatMap((labels) =>
    [own, "ledger", "kube-system", "abroad"].map((name) =>
      // Of the policy's own namespace it is known that it is sealed for the zone; of no other.
      name === own
        ? { ...labels, [nameLabel]: own, "domicile.dev/zone": "us", "domicile.dev/sealed": "us" }
        : { ...labels, [nameLabel]: name },
    ),
  );
  const unique = [
    ...new Map(namespaces.map((labels) => [JSON.stringify(Object.entries(labels).toSorted()), labels])).values(),
  ];
  return unique.flatMap((namespace) =>
    combinations(mentioned(pods)).map((pod): End => ({ kind: "pod", namespace, pod })),
  );
}

const combinations = (words: Vocabulary): readonly Labels[] =>
  Object.entries(words).reduce<readonly Labels[]>(
    (all, [label, values]) =>
      all.flatMap((labels) => [labels, ...values.map((value) => ({ ...labels, [label]: value }))]),
    [{}],
  );
