import assert from "node:assert/strict";
import { test } from "node:test";
import type { NetworkPolicySpec } from "../../../src/api/kubernetes.ts";
import { compile } from "../../../src/egress/compile.ts";
import { samePolicy } from "../../../src/egress/equal.ts";
import { stamp } from "../../../src/egress/stamp.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import { zone } from "../world.ts";

const compiled = compile({ zone: zone(), clusters: [], apiServer: undefined, dns: [] });
const [isolate, allow] = compiled.kind === "compiled" ? stamp(compiled.specs, "payments", "us") : [];

/** A compiled policy as an API server gives it back, which leaves empty lists out; `spec` replaces fields of it. */
const live = (of = isolate, parts: Partial<PolicyFacts> = {}, spec: object = {}): PolicyFacts => {
  const { ingress = [], egress = [], ...rest }: Partial<NetworkPolicySpec> = of?.spec ?? {};
  return {
    namespace: "payments",
    name: of?.metadata.name ?? "",
    uid: "uid",
    resourceVersion: "7",
    created: 0,
    labels: { ...of?.metadata.labels },
    ...parts,
    spec: {
      ...rest,
      ...(ingress.length === 0 ? {} : { ingress }),
      ...(egress.length === 0 ? {} : { egress }),
      ...spec,
    },
  };
};

const { "domicile.dev/zone": _zone, ...withoutZone } = isolate?.metadata.labels ?? {};
const { "app.kubernetes.io/managed-by": _managed, ...withoutManager } = isolate?.metadata.labels ?? {};
const [dns, zoneRule] = allow?.spec.egress ?? [];

const rows: Readonly<Record<string, readonly [same: boolean, PolicyFacts, wanted?: typeof isolate | undefined]>> = {
  "the isolating policy as stored is what was compiled": [true, live()],
  "the allowing policy as stored is what was compiled": [true, live(allow), allow],
  "empty lists written out are the same": [true, live(isolate, {}, { egress: [], ingress: [] })],
  "an empty matchLabels is the same as none": [
    true,
    live(isolate, {}, { podSelector: { matchLabels: {}, matchExpressions: [] } }),
  ],
  "a port without protocol is TCP": [
    true,
    live(allow, {}, { egress: [{ ...dns, ports: [{ port: 53 }, { protocol: "UDP", port: 53 }] }, zoneRule] }),
    allow,
  ],
  "a label of somebody else is their business": [
    true,
    live(isolate, { labels: { ...isolate?.metadata.labels, team: "a" } }),
  ],
  "E1 a rule that allows everything was patched in": [false, live(isolate, {}, { egress: [{}] })],
  "E1 an ingress rule was patched in": [false, live(isolate, {}, { ingress: [{}] })],
  "E1 policyTypes lost Egress": [false, live(isolate, {}, { policyTypes: ["Ingress"] })],
  "E1 policyTypes are gone": [false, live(isolate, {}, { policyTypes: undefined })],
  "E3 podSelector selects fewer pods": [false, live(isolate, {}, { podSelector: { matchLabels: { app: "a" } } })],
  "E3 podSelector has an expression": [
    false,
    live(isolate, {}, { podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }),
  ],
  "E3 our manager label was removed": [false, live(isolate, { labels: withoutManager })],
  "E3 our zone label was removed": [false, live(isolate, { labels: withoutZone })],
  "E3 our zone label names another zone": [
    false,
    live(isolate, { labels: { ...isolate?.metadata.labels, "domicile.dev/zone": "eu" } }),
  ],
  "a field that is not known here": [false, live(isolate, {}, { tier: "baseline" })],
  "the spec is empty": [false, { ...live(), spec: {} }],
  "E1 ports of a rule are gone": [false, live(allow, {}, { egress: [{ to: dns?.to }, zoneRule] }), allow],
  "E1 peers of a rule are gone": [false, live(allow, {}, { egress: [{ ports: dns?.ports }, zoneRule] }), allow],
  "E1 a rule more": [
    false,
    live(allow, {}, { egress: [dns, zoneRule, { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }] }),
    allow,
  ],
  "a rule less": [false, live(allow, {}, { egress: [dns] }), allow],
  "E1 a namespaceSelector that selects every namespace is not the same as none": [
    false,
    live(allow, {}, { ingress: [{ from: [{ namespaceSelector: {} }] }] }),
    allow,
  ],
  "E1 a pod selector lost a label that is called protocol": [
    false,
    live(allow, {}, { ingress: [{ from: [{ podSelector: { matchLabels: { a: "b" } } }] }] }),
    allow && {
      ...allow,
      spec: { ...allow.spec, ingress: [{ from: [{ podSelector: { matchLabels: { a: "b", protocol: "TCP" } } }] }] },
    },
  ],
  "O5 a field that is called __proto__": [false, live(isolate, {}, JSON.parse('{"__proto__": {}}') as object)],
  "a policy of another namespace": [false, live(isolate, { namespace: "billing" })],
  "a policy of another name": [false, live(isolate, { name: "domicile-allow" })],
};

for (const [says, [same, facts, wanted = isolate]] of Object.entries(rows))
  test(`${same ? "nothing is written" : "a difference is seen"}: ${says}`, () => {
    assert.ok(wanted !== undefined);
    assert.equal(samePolicy(facts, wanted), same);
  });
