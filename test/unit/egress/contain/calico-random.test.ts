import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { assertAgreement, pods, spaces } from "./agree.ts";
import { openedByCalico, type CalicoSpec, type Entity, type Expression, type Rule } from "./naive-calico.ts";
import type { End } from "./packet.ts";
import { present } from "./policies.ts";
import { runs, seed } from "./random.ts";
import { podsIn } from "./samples.ts";
import { cidr, ground } from "./zones.ts";

const expression = (words: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<Expression> => {
  const atom = fc.constantFrom(...Object.entries(words)).chain(([label, values]) =>
    fc.oneof(
      fc.constant<Expression>({ kind: "has", label }),
      fc
        .array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
        .map((some): Expression => ({ kind: "in", label, values: some })),
    ),
  );
  const any = fc.oneof(
    { arbitrary: atom, weight: 5 },
    { arbitrary: fc.constant<Expression>({ kind: "all" }), weight: 1 },
  );
  const negated = fc.oneof(
    { arbitrary: any, weight: 2 },
    { arbitrary: any.map((of): Expression => ({ kind: "not", of })), weight: 1 },
  );
  const pair = fc
    .tuple(fc.constantFrom("and" as const, "or" as const), negated, negated)
    .map(([kind, a, b]): Expression => ({ kind, of: [a, b] }));
  return fc.oneof(
    negated,
    pair,
    pair.map((of): Expression => ({ kind: "not", of })),
  );
};

/** An expression as people write it. */
function written(one: Expression): string {
  switch (one.kind) {
    case "all":
      return "all()";
    case "has":
      return `has(${one.label})`;
    case "in":
      return one.values.length === 1
        ? `${one.label} == '${one.values[0]}'`
        : `${one.label} in {"${one.values.join('", "')}"}`;
    case "not":
      if (one.of.kind === "in" && one.of.values.length > 1)
        return `${one.of.label} not in {'${one.of.values.join("','")}'}`;
      return one.of.kind === "in" ? `${one.of.label} != "${one.of.values[0]}"` : `!(${written(one.of)})`;
    default:
      return `(${one.of.map(written).join(one.kind === "and" ? " && " : "||")})`;
  }
}

const podWords = expression({ app: ["a", "b"] });
const spaceWords = fc.oneof(
  expression({ "domicile.dev/sealed": ["us", "eu"], team: ["a", "b"] }),
  fc.constantFrom<Expression>(
    { kind: "in", label: "domicile.dev/sealed", values: ["us"] },
    { kind: "in", label: "kubernetes.io/metadata.name", values: ["payments"] },
    { kind: "in", label: "kubernetes.io/metadata.name", values: ["ledger"] },
  ),
);
const nets = fc.array(
  fc.oneof({ arbitrary: cidr, weight: 9 }, { arbitrary: fc.constantFrom("0.0.0.0/0", "::/0"), weight: 1 }),
  { minLength: 1, maxLength: 3 },
);
const peer: fc.Arbitrary<Entity> = fc.oneof(
  fc.record({ nets, notNets: nets }, { requiredKeys: ["nets"] }),
  fc.record({ selector: podWords, namespaceSelector: spaceWords }, { requiredKeys: ["selector"] }),
  fc.record({ namespaceSelector: spaceWords }),
  fc.record({ notNets: nets }),
  fc.constant({}),
);
const numbers = fc.array(fc.constantFrom<(number | string)[]>(1, 2, 53, 443, "1:443", "443:65535", "web"), {
  minLength: 1,
  maxLength: 2,
});
const protocols = fc.oneof(
  fc.record({
    protocol: fc.constantFrom("TCP", "UDP", "SCTP"),
    ports: fc.option(numbers, { nil: undefined }),
    notPorts: fc.option(numbers, { nil: undefined }),
  }),
  fc.constantFrom({ protocol: "ICMP" }, { notProtocol: "TCP" }, { notProtocol: "ICMP" }, {}),
);
const ruleOf = (side: "source" | "destination"): fc.Arbitrary<Rule> =>
  fc
    .record({
      action: fc.constantFrom("Allow", "Allow", "Deny", "Pass", "Log"),
      ipVersion: fc.constantFrom(undefined, undefined, 4, 6),
      open: protocols,
      far: peer,
    })
    .map(({ action, ipVersion, open, far }) => {
      const { ports, notPorts, ...rest } = { ports: undefined, notPorts: undefined, ...open };
      const to = present({ ports, notPorts });
      const sides = side === "destination" ? { destination: { ...far, ...to } } : { source: far, destination: to };
      return { action, ...present({ ipVersion }), ...rest, ...sides };
    });
const spec: fc.Arbitrary<CalicoSpec> = fc.record(
  {
    tier: fc.constantFrom("default", "security"),
    types: fc.constantFrom(["Ingress"], ["Egress"], ["Ingress", "Egress"]),
    egress: fc.array(ruleOf("destination"), { maxLength: 3 }),
    ingress: fc.array(ruleOf("source"), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const asText = (rule: Rule): unknown =>
  JSON.parse(
    JSON.stringify(rule, (key, value: unknown) =>
      key === "selector" || key === "namespaceSelector" ? written(value as Expression) : value,
    ),
  );

const others: readonly End[] = [
  { kind: "other", name: "the addresses of a NetworkSet that the selector matches too" },
  { kind: "other", name: "whoever has neither an address nor labels" },
];

/** The same ends as in a namespace of which nothing is known but that it is called payments. */
const unsealed = (ends: readonly End[]): readonly End[] =>
  ends.flatMap((one) =>
    one.kind === "pod" && one.namespace["kubernetes.io/metadata.name"] === "ledger"
      ? [{ ...one, namespace: { ...one.namespace, "kubernetes.io/metadata.name": "payments" } }]
      : [],
  );

for (const kind of ["NetworkPolicy", "GlobalNetworkPolicy"])
  test(`E2 of a Calico ${kind} prover and naive evaluator say the same at every boundary`, (t) => {
    const said = { contained: 0, wider: 0, unproved: 0 };
    fc.assert(
      fc.property(ground, spec, ({ specs, allowed, allows }, theirs) => {
        const namespace = kind === "NetworkPolicy" ? "payments" : undefined;
        const { egress, ingress, ...rest } = theirs;
        const policy = {
          apiVersion: "projectcalico.org/v3",
          kind,
          metadata: { name: "theirs", ...present({ namespace }) },
          spec: { ...rest, order: 10, ...present({ egress: egress?.map(asText), ingress: ingress?.map(asText) }) },
        };
        const both = [theirs, ...specs];
        // Labels stand beside `label` in an expression, so every word that the tests know is tried.
        const ends = podsIn([...Object.keys(spaces), ...Object.keys(pods)], spaces, pods);
        // Of no namespace does a policy without one know that it is sealed, whatever its name.
        const opens = openedByCalico(theirs, namespace, namespace === undefined ? [...ends, ...unsealed(ends)] : ends);
        said[assertAgreement({ policy, written: both, allowed, opens, allows }, others)]++;
      }),
      { seed, numRuns: runs },
    );
    t.diagnostic(`DOMICILE_SEED=${seed}: ${JSON.stringify(said)}`);
    assert.equal(said.unproved, 0, "nothing that is tried here is beyond proof");
    assert.ok(said.contained > runs / 20 && said.wider > runs / 20, "both answers are tried");
  });
