import * as fc from "fast-check";
import type { LabelSelector, PolicyPeer, PolicyPort } from "../../../../src/api/kubernetes.ts";
import type { Spec } from "./naive-network-policy.ts";
import { endsOf } from "./packet.ts";
import { cidr, selectorOver } from "./zones.ts";

const inside = (outer: string, inner: string): boolean => {
  const [a, b] = [endsOf(outer), endsOf(inner)];
  return a.width === b.width && a.first <= b.first && b.last <= a.last;
};

/** Mostly small blocks, with and without holes; sometimes the whole of a family. */
export const block: fc.Arbitrary<PolicyPeer> = fc
  .tuple(
    fc.oneof({ arbitrary: cidr, weight: 12 }, { arbitrary: fc.constantFrom("0.0.0.0/0", "::/0"), weight: 1 }),
    fc.option(fc.array(cidr, { maxLength: 3 }), { nil: undefined }),
  )
  .map(([whole, holes]) => ({
    ipBlock: {
      cidr: whole,
      ...(holes === undefined ? {} : { except: holes.filter((hole) => hole !== whole && inside(whole, hole)) }),
    },
  }));

/** Namespaces of the zone, of others, and both. */
export const namespaces: fc.Arbitrary<LabelSelector> = fc.oneof(
  selectorOver("team"),
  fc.constantFrom<LabelSelector>(
    { matchLabels: { "domicile.dev/sealed": "us" } },
    { matchLabels: { "domicile.dev/sealed": "us", team: "a" } },
    { matchLabels: { "domicile.dev/sealed": "eu" } },
    { matchLabels: { "domicile.dev/zone": "us" } },
    { matchExpressions: [{ key: "domicile.dev/sealed", operator: "In", values: ["us", "eu"] }] },
    { matchExpressions: [{ key: "domicile.dev/sealed", operator: "Exists" }] },
    { matchLabels: { "kubernetes.io/metadata.name": "payments" } },
    { matchLabels: { "kubernetes.io/metadata.name": "ledger" } },
    { matchLabels: { "kubernetes.io/metadata.name": "payments", "domicile.dev/sealed": "eu" } },
    { matchLabels: { "kubernetes.io/metadata.name": "payments", team: "a" } },
    { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values: ["payments", "ledger"] }] },
    { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "DoesNotExist" }] },
  ),
);
/** Pods by one label. */
export const podsOf: fc.Arbitrary<LabelSelector> = fc.oneof(
  selectorOver("app"),
  fc.constant({ matchLabels: { "k8s-app": "kube-dns" } }),
);
const peer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  { arbitrary: block, weight: 2 },
  { arbitrary: podsOf.map((podSelector) => ({ podSelector })), weight: 1 },
  { arbitrary: namespaces.map((namespaceSelector) => ({ namespaceSelector })), weight: 1 },
  {
    arbitrary: fc
      .tuple(namespaces, podsOf)
      .map(([namespaceSelector, podSelector]) => ({ namespaceSelector, podSelector })),
    weight: 1,
  },
);

const port: fc.Arbitrary<PolicyPort> = fc
  .record({
    protocol: fc.constantFrom(undefined, "TCP", "UDP", "SCTP"),
    port: fc.constantFrom<(number | string | undefined)[]>(1, 2, 3, 4, 53, 53, 443, 443, 65535, "https", undefined),
    endPort: fc.constantFrom(undefined, undefined, 3, 4, 443, 65535),
  })
  .map(({ protocol, port: first, endPort }) => ({
    ...(protocol === undefined ? {} : { protocol }),
    ...(first === undefined ? {} : { port: first }),
    ...(typeof first === "number" && endPort !== undefined && endPort >= first ? { endPort } : {}),
  }));

/** A list that is often left out and sometimes empty, which NetworkPolicy takes for the same. */
const few = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<readonly T[] | undefined> =>
  fc.oneof(
    { arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }), weight: 8 },
    { arbitrary: fc.constantFrom([], undefined), weight: 1 },
  );

/** Rules and types of either direction, present, empty and missing. */
export const networkPolicy: fc.Arbitrary<Spec> = fc.record(
  {
    podSelector: fc.oneof(
      fc.constant({}),
      selectorOver("app"),
      fc.constant({ matchLabels: { app: "a" }, matchExpressions: [{ key: "app", operator: "NotIn", values: ["a"] }] }),
    ),
    policyTypes: fc.constantFrom<string[][]>([], ["Ingress"], ["Egress"], ["Egress"], ["Ingress", "Egress"]),
    egress: fc.array(fc.record({ to: few(peer), ports: few(port) }).map(present), { maxLength: 2 }),
    ingress: fc.array(fc.record({ from: few(peer), ports: few(port) }).map(present), { maxLength: 2 }),
  },
  { requiredKeys: ["podSelector"] },
);

/** The record without the fields that are undefined: JSON has none of those. */
export function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
