import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { NetworkPolicy, NetworkPolicySpec } from "../../../src/api/kubernetes.ts";
import { plan, planRelease } from "../../../src/egress/plan.ts";
import type { Step } from "../../../src/egress/plan.ts";
import { stamp } from "../../../src/egress/stamp.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import { passes } from "./evaluate.ts";

const policy = (parts: Partial<NetworkPolicySpec>): NetworkPolicySpec => ({
  podSelector: {},
  policyTypes: ["Ingress", "Egress"],
  ingress: [],
  egress: [],
  ...parts,
});
const to = (...cidrs: readonly string[]): NetworkPolicySpec =>
  policy({ egress: [{ to: cidrs.map((cidr) => ({ ipBlock: { cidr } })), ports: [{ protocol: "TCP", port: 443 }] }] });

const isolation = policy({});
const tampered = [
  policy({ egress: [{}] }),
  policy({ podSelector: { matchLabels: { app: "a" } } }),
  policy({ policyTypes: ["Ingress"] }),
];
const lists = ["203.0.113.1/32", "203.0.113.2/31", "203.0.113.4/32"];
const allowing = fc.subarray(lists).map((cidrs) => to(...cidrs));
const anything = fc.oneof(allowing, fc.constantFrom(isolation, ...tampered));

const allowNames = ["domicile-allow", "domicile-allow-2", "domicile-allow-3"];
const named = (names: readonly string[], spec: fc.Arbitrary<NetworkPolicySpec>) =>
  fc
    .subarray([...names])
    .chain((chosen) => fc.tuple(...chosen.map((name) => spec.map((value) => ({ name, spec: value })))));
const wanted = named(allowNames, allowing).map((specs) =>
  stamp([{ name: "domicile-isolate", spec: isolation }, ...specs], "payments", "us"),
);
const live: fc.Arbitrary<readonly PolicyFacts[]> = named(
  ["team-policy", "domicile-isolate", ...allowNames],
  anything,
).map((specs) => stamp(specs, "payments", "us").map(facts));

const facts = ({ metadata, spec }: NetworkPolicy): PolicyFacts => ({
  ...metadata,
  uid: `uid-${metadata.name}`,
  resourceVersion: "1",
  created: 0,
  spec,
});

type Cluster = ReadonlyMap<string, PolicyFacts>;
const clusterOf = (policies: readonly PolicyFacts[]): Cluster => new Map(policies.map((each) => [each.name, each]));

/** The cluster after one step, which must find what it expects. */
function take(cluster: Cluster, step: Step): Cluster {
  const name = step.kind === "delete" ? step.name : step.policy.metadata.name;
  const standing = cluster.get(name);
  assert.equal(standing?.uid, step.kind === "create" ? undefined : step.uid);
  assert.equal(standing?.resourceVersion, step.kind === "create" ? undefined : step.resourceVersion);
  const rest = [...cluster.values()].filter((each) => each.name !== name);
  return clusterOf(step.kind === "delete" ? rest : [...rest, facts(step.policy)]);
}

const states = (from: Cluster, steps: readonly Step[]): readonly Cluster[] =>
  steps.reduce<readonly Cluster[]>((seen, step) => [...seen, take(seen.at(-1) ?? from, step)], [from]);

const probes = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "198.51.100.9"].flatMap((peer) =>
  (["Egress", "Ingress"] as const).flatMap((direction) =>
    [{ app: "a" }, {}].map((pod) => ({ direction, pod, peer, protocol: "TCP", port: 443 })),
  ),
);
/** Which probes pass, as one letter each; a pod that no policy selects may do everything. */
const reach = (cluster: Cluster): string =>
  probes
    .map((probe) =>
      passes(
        [...cluster.values()].map(({ spec }) => spec),
        probe,
      )
        ? "x"
        : "-",
    )
    .join("");
const within = (inner: string, ...outer: readonly string[]): boolean =>
  [...inner].every((mark, at) => mark === "-" || outer.some((each) => each[at] === "x"));
const isolated = (cluster: Cluster): boolean => {
  const spec = cluster.get("domicile-isolate")?.spec;
  return spec?.podSelector?.matchLabels === undefined && spec?.policyTypes?.length === 2;
};

test("a plan ends with what is wanted, touches nothing that is not ours, and then has nothing to do", () => {
  fc.assert(
    fc.property(wanted, live, (policies, standing) => {
      const end = states(clusterOf(standing), plan(policies, standing)).at(-1) ?? clusterOf([]);
      const others = standing.filter(({ name }) => name === "team-policy");
      assert.deepEqual(
        [...end.values()].map(({ name, spec }) => ({ name, spec })).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        [...policies.map(facts), ...others]
          .map(({ name, spec }) => ({ name, spec }))
          .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      );
      assert.deepEqual(plan(policies, [...end.values()]), []);
    }),
  );
});

test("E10 at every moment of a plan isolation stands if it stood, and nothing passes that neither old nor new let pass", () => {
  fc.assert(
    fc.property(wanted, live, (policies, standing) => {
      const all = states(clusterOf(standing), plan(policies, standing));
      const [before = clusterOf([]), ...during] = all;
      const [old, fresh] = [reach(before), reach(all.at(-1) ?? before)];
      for (const moment of during) {
        assert.ok(isolated(moment));
        assert.ok(within(reach(moment), old, fresh));
      }
    }),
  );
});

test("behind the isolation step any step may fail: what the others make is still within old and new", () => {
  const cut = wanted.chain((policies) =>
    live.chain((standing) => {
      const steps = plan(policies, standing);
      const first = steps.findIndex(
        (step) => step.kind === "delete" || step.policy.metadata.name !== "domicile-isolate",
      );
      const rest = first < 0 ? [] : steps.slice(first);
      return fc
        .subarray([...rest])
        .map((kept) => ({ standing, steps, kept: [...steps.slice(0, steps.length - rest.length), ...kept] }));
    }),
  );
  fc.assert(
    fc.property(cut, ({ standing, steps, kept }) => {
      const before = clusterOf(standing);
      const whole = states(before, steps).at(-1) ?? before;
      const part = states(before, kept).at(-1) ?? before;
      assert.ok(isolated(part));
      assert.ok(within(reach(part), reach(before), reach(whole)));
    }),
  );
});

test("a namespace is released from its policies with isolation last, and never opened before", () => {
  fc.assert(
    fc.property(live, (standing) => {
      const steps = planRelease(standing);
      const all = states(clusterOf(standing), steps);
      const [before = clusterOf([])] = all;
      for (const moment of all.slice(0, -1)) {
        assert.equal(isolated(moment), isolated(before));
        if (isolated(before)) assert.ok(within(reach(moment), reach(before)));
      }
      assert.deepEqual(
        [...(all.at(-1) ?? before).keys()],
        standing.filter(({ name }) => name === "team-policy").map(({ name }) => name),
      );
    }),
  );
});

test("a plan that is asked for nothing deletes no isolation: only a release does", () => {
  const standing = stamp([{ name: "domicile-isolate", spec: isolation }], "payments", "us").map(facts);
  assert.deepEqual(plan([], standing), []);
});

test("isolation is written first, then what narrows, and last what a quota might refuse", () => {
  const parts = ["domicile-allow", "domicile-allow-2", "domicile-isolate"].map((name) => ({
    name,
    spec: to(...lists),
  }));
  const standing = stamp(
    ["domicile-allow", "domicile-allow-3"].map((name) => ({ name, spec: to() })),
    "payments",
    "us",
  );
  assert.deepEqual(
    plan(stamp(parts, "payments", "us"), standing.map(facts)).map((step) =>
      step.kind === "delete" ? `delete ${step.name}` : `${step.kind} ${step.policy.metadata.name}`,
    ),
    ["create domicile-isolate", "replace domicile-allow", "delete domicile-allow-3", "create domicile-allow-2"],
  );
});
