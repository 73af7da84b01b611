/** A NetworkPolicy of a case: in the client's namespace x, or in the servers' namespace y. */
export type CasePolicy = { readonly in: "x" | "y"; readonly name: string; readonly spec: object };

/** What there is before policies are written: names of the namespaces, and the IPv4 address of pod b of y. */
export type Place = { readonly x: string; readonly y: string; readonly b4: string };

/** A packet of a case, by pods "x/a", "y/b", "z/a", and whether it passes where there is no zone. */
export type CaseRow = readonly [from: string, to: string, port: number, passes: boolean];

/** Policies as they are now, and what packets then meet. */
export type Step = { readonly policies: (place: Place) => readonly CasePolicy[]; readonly rows: readonly CaseRow[] };

/** A case: its steps, and which of its policies a zone lets in; the others open more than it allows. */
export type Case = { readonly steps: readonly Step[]; readonly letIn: readonly string[]; readonly only4?: true };

const a = { matchLabels: { pod: "a" } };
const named = (name: string): object => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const egress = (name: string, podSelector: object, rules: readonly object[]): CasePolicy => ({
  in: "x",
  name,
  spec: { podSelector, policyTypes: ["Egress"], egress: rules },
});
const block = (cidr: string, ...except: readonly string[]): object => ({
  to: [{ ipBlock: { cidr, ...(except.length > 0 ? { except } : {}) } }],
});
const port = (number: number | string, more: object = {}): object => ({ ports: [{ port: number, ...more }] });
const denyAll: CasePolicy = {
  in: "x",
  name: "deny-all",
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [], egress: [] },
};
const one = (policies: Step["policies"], letIn: readonly string[], ...rows: readonly CaseRow[]): Case => ({
  steps: [{ policies, rows }],
  letIn,
});
const pods16 = "10.244.0.0/16";

/**
 * The egress cases of Kubernetes' own network-policy suite (test/e2e/network/netpol at 1.37), written anew from what they
 * say: fourteen that hold egress rules, the range of ports of its API case, and the egress half of its case that TCP
 * does not pass where only UDP is named.
 */
export const cases: Readonly<Record<string, Case>> = {
  "a policy without rules denies everything in both directions": one(
    () => [denyAll],
    ["deny-all"],
    ["x/a", "y/a", 80, false],
    ["y/a", "x/a", 80, false],
    ["y/a", "y/b", 80, true],
  ),
  "egress to a port by its name": one(
    () => [egress("named-port", {}, [port("serve-80-tcp")])],
    [],
    ["x/a", "y/a", 80, true],
    ["x/a", "y/a", 81, false],
  ),
  "egress denied to the pods that a selector names": one(
    () => [egress("deny-a", a, [])],
    ["deny-a"],
    ["x/a", "y/a", 80, false],
    ["x/b", "y/a", 80, true],
  ),
  "egress denied to every pod of a namespace": one(
    () => [egress("deny-x", {}, [])],
    ["deny-x"],
    ["x/a", "y/a", 80, false],
    ["x/b", "y/a", 80, false],
    ["y/a", "x/a", 80, true],
  ),
  "ingress and egress in one policy": one(
    () => [
      {
        in: "x",
        name: "together",
        spec: {
          podSelector: a,
          policyTypes: ["Ingress", "Egress"],
          ingress: [{ from: [{ podSelector: { matchLabels: { pod: "b" } } }] }],
          egress: [port(80)],
        },
      },
    ],
    [],
    ["x/a", "y/a", 80, true],
    ["x/a", "y/a", 81, false],
    ["x/b", "x/a", 80, true],
    ["y/a", "x/a", 80, false],
  ),
  "egress denied by the client though the server would let it in": one(
    ({ x, y }) => [
      egress("to-c", a, [{ to: [{ namespaceSelector: named(y), podSelector: { matchLabels: { pod: "c" } } }] }]),
      ...["c", "d"].map((pod) => ({
        in: "y" as const,
        name: `into-${pod}`,
        spec: {
          podSelector: { matchLabels: { pod } },
          policyTypes: ["Ingress"],
          ingress: [{ from: [{ namespaceSelector: named(x), podSelector: a }] }],
        },
      })),
    ],
    [],
    ["x/a", "y/c", 80, true],
    ["x/a", "y/d", 80, false],
    ["y/a", "y/d", 80, false],
  ),
  "egress to pods of another namespace by both selectors": one(
    ({ y }) => [egress("to-y-a", a, [{ to: [{ namespaceSelector: named(y), podSelector: a }] }])],
    [],
    ["x/a", "y/a", 80, true],
    ["x/a", "y/b", 80, false],
    ["x/a", "z/a", 80, false],
  ),
  "several egress policies, of which the widest counts": {
    steps: [
      { policies: () => [egress("port-80", {}, [port(80)])], rows: [["x/a", "y/a", 81, false]] },
      {
        policies: () => [egress("port-80", {}, [port(80)]), egress("everything", {}, [{}])],
        rows: [["x/a", "y/a", 81, true]],
      },
    ],
    letIn: [],
  },
  "a policy that is deleted is enforced no more": {
    steps: [
      { policies: () => [denyAll], rows: [["x/a", "y/a", 80, false]] },
      { policies: () => [], rows: [["x/a", "y/a", 80, true]] },
    ],
    letIn: ["deny-all"],
  },
  "egress to a block": {
    ...one(
      ({ b4 }) => [egress("to-b", a, [block(`${b4}/32`)])],
      [],
      ["x/a", "y/b", 80, true],
      ["x/a", "y/a", 80, false],
    ),
    only4: true,
  },
  "egress to a block without another": {
    ...one(
      ({ b4 }) => [egress("but-b", a, [block(pods16, `${b4}/32`)])],
      [],
      ["x/a", "y/a", 80, true],
      ["x/a", "y/b", 80, false],
    ),
    only4: true,
  },
  "a block that was left out of one rule and is named by the next": {
    steps: [
      {
        policies: ({ b4 }) => [egress("block", a, [block(pods16, `${b4}/32`)])],
        rows: [["x/a", "y/b", 80, false]],
      },
      {
        policies: ({ b4 }) => [egress("block", a, [block(`${b4}/32`)])],
        rows: [
          ["x/a", "y/b", 80, true],
          ["x/a", "y/a", 80, false],
        ],
      },
    ],
    letIn: [],
    only4: true,
  },
  "ingress and egress by policies of their own": {
    steps: [
      {
        policies: () => [egress("out", a, [{}])],
        rows: [
          ["x/a", "x/b", 80, true],
          ["x/b", "x/a", 80, true],
        ],
      },
      {
        policies: () => [
          egress("out", a, [{}]),
          { in: "x", name: "nobody-in", spec: { podSelector: a, policyTypes: ["Ingress"], ingress: [] } },
        ],
        rows: [
          ["x/a", "x/b", 80, true],
          ["x/b", "x/a", 80, false],
        ],
      },
    ],
    letIn: ["nobody-in"],
  },
  "egress to every namespace but one, by an expression": one(
    ({ y }) => [
      egress("not-y", a, [
        {
          to: [
            {
              namespaceSelector: {
                matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [y] }],
              },
            },
          ],
        },
      ]),
    ],
    [],
    ["x/a", "y/a", 80, false],
    ["x/a", "x/b", 80, true],
    ["x/a", "z/a", 80, true],
  ),
  "egress to a range of ports": one(
    () => [egress("range", a, [port(80, { endPort: 81 })])],
    [],
    ["x/a", "y/a", 80, true],
    ["x/a", "y/a", 81, true],
    ["x/a", "y/a", 82, false],
  ),
  "egress by UDP is none by TCP": one(
    () => [egress("udp", a, [port(80, { protocol: "UDP" })])],
    [],
    ["x/a", "y/a", 80, false],
  ),
};
