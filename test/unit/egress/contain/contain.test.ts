import assert from "node:assert/strict";
import { test } from "node:test";
import { contain } from "../../../../src/egress/contain.ts";
import { stamp } from "../../../../src/egress/stamp.ts";
import { allowed, specs } from "./known-zone.ts";
import { groundOf } from "./zones.ts";

const sealed = { matchLabels: { "domicile.dev/sealed": "us" } };
const inPayments = (spec: unknown): unknown => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "theirs", namespace: "payments" },
  spec,
});
const egress = (...rules: readonly unknown[]): unknown =>
  inPayments({ podSelector: {}, policyTypes: ["Egress"], egress: rules });
const to = (peer: unknown, ...ports: readonly unknown[]): unknown => egress({ to: [peer], ports });
const block = (cidr: string, ...except: readonly string[]): unknown => ({ ipBlock: { cidr, except } });

const tcp443 = { protocol: "TCP", port: 443 };

const contained: Readonly<Record<string, unknown>> = {
  "no rule at all": inPayments({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
  "an approved block on an approved port": to(block("198.51.100.0/24"), tcp443),
  "two approved neighbours as one block, on the port they share": to(block("198.51.100.0/23"), tcp443),
  "a port without a protocol, which is TCP": to(block("198.51.100.7/32"), { port: 443 }),
  "a range of ports within the approved one": to(block("198.51.100.7/32"), { port: 443, endPort: 444 }),
  "a wide block whose exceptions leave what is approved": to(block("198.51.100.0/22", "198.51.102.0/23"), tcp443),
  "an approved IPv6 block": to(block("2001:db8:1::/48"), { port: 80 }),
  "a port in words where every port of its protocol is approved": to(block("2001:db8::/33"), { port: "web" }),
  "pods of the own namespace": to({ podSelector: {} }),
  "the own namespace by its name, which nobody forges": to({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "payments" } },
  }),
  "the sealed namespaces of the zone": to({ namespaceSelector: sealed }),
  "some of them": to({ namespaceSelector: { matchLabels: { ...sealed.matchLabels, team: "x" } }, podSelector: {} }),
  "the cluster's name servers": to(
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    { protocol: "UDP", port: 53 },
  ),
  "a selector that no pod can match": to({
    namespaceSelector: {
      matchExpressions: [
        { key: "team", operator: "In", values: ["a"] },
        { key: "team", operator: "DoesNotExist" },
      ],
    },
  }),
  "a podSelector that no pod can match, whatever the rules": inPayments({
    podSelector: { matchLabels: { app: "a" }, matchExpressions: [{ key: "app", operator: "NotIn", values: ["a"] }] },
    egress: [{}],
  }),
  "egress rules of a policy for ingress alone": inPayments({ podSelector: {}, policyTypes: ["Ingress"], egress: [{}] }),
  "a selector that only two approved ones cover together": inPayments({
    podSelector: {},
    ingress: [
      { from: [{ namespaceSelector: { matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] } }] },
    ],
  }),
  "approved addresses inward": inPayments({ podSelector: {}, ingress: [{ from: [block("10.0.20.128/25")] }] }),
};

for (const [what, policy] of Object.entries(contained))
  test(`contained is ${what}`, () => assert.deepEqual(contain(policy, allowed), { kind: "contained" }));

test("contained is every policy of the zone itself", () => {
  for (const policy of stamp(specs, "payments", "us"))
    assert.deepEqual(contain(policy, allowed), { kind: "contained" }, policy.metadata.name);
});

/** The field that is named and how the sentence begins. */
const wider: Readonly<Record<string, readonly [policy: unknown, path: string, opens: string]>> = {
  "E1 an empty rule": [egress({}), "spec.egress[0]", "opens egress to 0.0.0.0, port 1/TCP"],
  "E1 an empty to": [egress({ to: [], ports: [tcp443] }), "spec.egress[0]", "opens egress to 0.0.0.0, port 443/TCP"],
  "E1 an empty from, by default": [
    inPayments({ ingress: [{}] }),
    "spec.ingress[0]",
    "opens ingress from 0.0.0.0, port 443/TCP",
  ],
  "E1 egress rules where no type is written": [
    inPayments({ egress: [{}] }),
    "spec.egress[0]",
    "opens egress to 0.0.0.0",
  ],
  "E1 no ports on an approved block": [
    egress({ to: [block("198.51.100.0/24")] }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 198.51.100.0, port 1/TCP",
  ],
  "E1 every port of TCP, which has a port 0": [
    to(block("2001:db8::/32"), { protocol: "TCP" }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 2001:db8::, port 0/TCP",
  ],
  "E1 the whole Internet with approved holes": [
    to(block("0.0.0.0/0", "198.51.100.0/24"), tcp443),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 0.0.0.0, port 443/TCP",
  ],
  "E5 all of IPv6": [to(block("::/0"), tcp443), "spec.egress[0].to[0].ipBlock", "opens egress to ::, port 443/TCP"],
  "E1 one port too many": [
    to(block("198.51.100.0/24"), { port: 443, endPort: 445 }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 198.51.100.0, port 445/TCP",
  ],
  "E1 the right port of another protocol": [
    to(block("198.51.100.0/24"), { protocol: "UDP", port: 443 }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 198.51.100.0, port 443/UDP",
  ],
  "E1 a port in words": [
    to(block("198.51.100.0/24"), { port: "https" }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 198.51.100.0, port 1/TCP, which zone us does not allow (port https is whatever",
  ],
  "E1 one peer among approved ones": [
    egress({ to: [block("198.51.100.0/25"), block("198.51.100.128/25"), block("198.51.99.255/32")], ports: [tcp443] }),
    "spec.egress[0].to[2].ipBlock",
    "opens egress to 198.51.99.255, port 443/TCP",
  ],
  "E1 the instance metadata": [
    to(block("169.254.169.254/32"), { port: 80 }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 169.254.169.254, port 80/TCP",
  ],
  "E1 every namespace": [
    to({ namespaceSelector: {} }, tcp443),
    "spec.egress[0].to[0]",
    "opens egress to a pod without labels in a namespace labelled kubernetes.io/metadata.name=elsewhere, port 443/TCP",
  ],
  "E1 a namespace that is in the zone today": [
    to({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ledger" } } }),
    "spec.egress[0].to[0]",
    "opens egress to a pod without labels in a namespace labelled kubernetes.io/metadata.name=ledger, port 1/TCP",
  ],
  "E1 the label by which anybody joins the zone": [
    to({ namespaceSelector: { matchLabels: { "domicile.dev/zone": "us" } } }),
    "spec.egress[0].to[0]",
    "opens egress to a pod without labels in a namespace labelled",
  ],
  "E1 another zone": [
    to({ namespaceSelector: { matchLabels: { "domicile.dev/sealed": "eu" } } }),
    "spec.egress[0].to[0]",
    "opens egress to a pod without labels in a namespace labelled",
  ],
  "E8 another resolver": [
    to(block("1.1.1.1/32"), { protocol: "UDP", port: 53 }),
    "spec.egress[0].to[0].ipBlock",
    "opens egress to 1.1.1.1, port 53/UDP",
  ],
};

for (const [what, [policy, path, opens]] of Object.entries(wider))
  test(`${what}: refused with a witness`, () => {
    const verdict = contain(policy, allowed);
    assert.equal(verdict.kind, "wider");
    if (verdict.kind !== "wider") return;
    assert.equal(verdict.path, path);
    assert.ok(verdict.message.startsWith(opens), verdict.message);
  });

const unproved: Readonly<Record<string, readonly [policy: unknown, path: string]>> = {
  "a field that is not known": [
    egress({ to: [{ ...Object(block("198.51.100.0/24")), fqdn: "x" }] }),
    "spec.egress[0].to[0].fqdn",
  ],
  "E12 a block with host bits": [to(block("198.51.100.1/24"), tcp443), "spec.egress[0].to[0].ipBlock.cidr"],
  "E12 a block with leading zeros": [to(block("198.051.100.0/24"), tcp443), "spec.egress[0].to[0].ipBlock.cidr"],
  "E12 IPv4 in IPv6": [to(block("::ffff:198.51.100.0/120"), tcp443), "spec.egress[0].to[0].ipBlock.cidr"],
  "a peer that is nobody": [to({}), "spec.egress[0].to[0]"],
  "a peer of two kinds": [to({ podSelector: {}, ...Object(block("198.51.100.0/24")) }), "spec.egress[0].to[0]"],
  "a block without addresses": [to({ ipBlock: {} }), "spec.egress[0].to[0].ipBlock.cidr"],
  "rules that are no list": [inPayments({ egress: { to: [] } }), "spec.egress"],
  "a type that is not known": [inPayments({ policyTypes: ["Forward"], egress: [{}] }), "spec.policyTypes"],
  "a protocol that is not known": [
    to(block("198.51.100.0/24"), { protocol: "tcp", port: 443 }),
    "spec.egress[0].ports[0].protocol",
  ],
  "a range that ends before it begins": [
    to(block("198.51.100.0/24"), { port: 443, endPort: 442 }),
    "spec.egress[0].ports[0].endPort",
  ],
  "an operator that is not known": [
    to({ podSelector: { matchExpressions: [{ key: "a", operator: "Gt", values: ["1"] }] } }),
    "spec.egress[0].to[0].podSelector.matchExpressions[0].operator",
  ],
  "a kind that is not known": [{ apiVersion: "example.com/v1", kind: "NetworkPolicy", spec: {} }, "kind"],
  "no object at all": [null, "kind"],
};

for (const [what, [policy, path]] of Object.entries(unproved))
  test(`${what}: cannot be proved, and the field is named`, () => {
    const verdict = contain(policy, allowed);
    assert.deepEqual([verdict.kind, verdict.kind === "unproved" && verdict.path], ["unproved", path]);
  });

test("selectors that overlap beyond reason are not waved through", () => {
  const peers = Array.from({ length: 16 }, (_, at) => ({
    namespaceSelector: {
      matchExpressions: [
        { key: `a${at}`, operator: "Exists" },
        { key: `b${at}`, operator: "Exists" },
      ],
    },
  }));
  const puzzle = groundOf([
    {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            ...peers,
            { namespaceSelector: { matchExpressions: [{ key: "a0", operator: "DoesNotExist" }] } },
            { namespaceSelector: { matchExpressions: [{ key: "b0", operator: "DoesNotExist" }] } },
          ],
        },
      ],
    },
  ]);
  const policy = inPayments({
    ingress: [{ from: [{ namespaceSelector: { matchExpressions: [{ key: "c", operator: "Exists" }] } }] }],
  });
  assert.equal(contain(policy, puzzle.allowed).kind, "unproved");
});
