import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../../src/labels/selector.ts";
import { judges, asCompiled } from "../../../src/controllers/registration-facts.ts";
import { webhookConfigurations } from "../../../src/controllers/webhook-configurations.ts";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import { registrationOf } from "./registration-of.ts";

const zones = { us: "Enforce", eu: "Enforce", trial: "Warn", look: "Audit" } as const;
const { mutating, validating } = webhookConfigurations(registrationOf(zones));

/** The entries for pods, or for Bindings, that match a namespace with these labels. */
const entriesFor = (labels: Readonly<Record<string, string>>, resource: string): readonly string[] =>
  validating.webhooks
    .filter(({ rules }) => rules.some(({ resources }) => resources.includes(resource)))
    .filter(({ namespaceSelector }) =>
      matches(namespaceSelector, { "kubernetes.io/metadata.name": "payments", ...labels }),
    )
    .map(({ name, failurePolicy }) => `${name} ${failurePolicy}`);

const cases: Readonly<Record<string, readonly [Readonly<Record<string, string>>, readonly string[]]>> = {
  "a namespace outside every zone is matched by none": [{}, []],
  "a namespace that joined and is not sealed": [{ "domicile.dev/zone": "us" }, ["unsealed.pods.domicile.dev Fail"]],
  "a sealed namespace": [
    { "domicile.dev/zone": "us", "domicile.dev/sealed": "us" },
    ["us.zone.pods.domicile.dev Fail"],
  ],
  "a namespace sealed for another zone is judged by its own": [
    { "domicile.dev/zone": "eu", "domicile.dev/sealed": "us" },
    ["eu.moved.pods.domicile.dev Fail"],
  ],
  "a namespace of a zone nobody knows": [{ "domicile.dev/zone": "ghost" }, ["unsealed.pods.domicile.dev Fail"]],
  "a sealed namespace of a zone that is gone": [
    { "domicile.dev/zone": "ghost", "domicile.dev/sealed": "ghost" },
    ["unknown.pods.domicile.dev Fail"],
  ],
  "a namespace of a Warn zone": [{ "domicile.dev/zone": "trial" }, ["lenient.pods.domicile.dev Ignore"]],
  "a namespace of an Audit zone": [{ "domicile.dev/zone": "look" }, ["lenient.pods.domicile.dev Ignore"]],
  "a namespace that is still sealed and has left": [{ "domicile.dev/sealed": "us" }, []],
  "kube-system is never matched, whatever its labels say (O4)": [
    { "kubernetes.io/metadata.name": "kube-system", "domicile.dev/zone": "us" },
    [],
  ],
  "Domicile's own namespace is never matched (O4)": [
    { "kubernetes.io/metadata.name": "domicile-system", "domicile.dev/zone": "us", "domicile.dev/sealed": "us" },
    [],
  ],
};

for (const [sentence, [labels, entries]] of Object.entries(cases))
  test(sentence, () => {
    assert.deepEqual(entriesFor(labels, "pods"), entries);
    const bindings = entries.map((entry) => entry.replace(".pods.", ".bindings."));
    const ofZone = bindings.map((entry) => entry.replace(/^lenient/, `${labels["domicile.dev/zone"]}.lenient`));
    assert.deepEqual(entriesFor(labels, "pods/binding"), ofZone);
    assert.deepEqual(entriesFor(labels, "bindings"), ofZone);
  });

test("pods and Bindings never share an entry", () => {
  for (const { rules } of validating.webhooks)
    assert.ok(new Set(rules.flatMap(({ resources }) => resources.map((name) => /bind/.test(name)))).size === 1);
});

test("each zone's entry trusts that zone's schedulers, whatever their names hold", () => {
  const registration = registrationOf({ us: "Enforce" });
  const named = new Map([
    ["us", { enforcement: "Enforce", schedulers: ["b'); true || ('", "a\\"], exclusive: false } as const],
  ]);
  const entry = webhookConfigurations({ ...registration, zones: named }).validating.webhooks.find(
    ({ name }) => name === "us.zone.bindings.domicile.dev",
  );
  const [condition] = entry?.matchConditions ?? [];
  assert.match(
    condition?.expression ?? "",
    /^!\(request\.userInfo\.username in \['a\\\\', 'b\\'\); true \|\| \(\\''\] && /,
  );
});

test("only a namespace sealed for its own zone lets a pod or a Binding pass by its shape", () => {
  const byShape = [...mutating.webhooks, ...validating.webhooks].filter(
    ({ failurePolicy, matchConditions = [] }) =>
      failurePolicy === "Fail" &&
      matchConditions.some(({ name }) => name === "not-provably-in-place" || name === "not-safely-bound"),
  );
  assert.equal(byShape.length, 6);
  for (const zone of ["us", "eu", "trial", "ghost"])
    for (const sealed of ["us", "eu", "trial", "ghost", undefined])
      for (const { namespaceSelector, name } of byShape)
        assert.equal(
          matches(namespaceSelector, {
            "kubernetes.io/metadata.name": "payments",
            "domicile.dev/zone": zone,
            ...(sealed === undefined ? {} : { "domicile.dev/sealed": sealed }),
          }),
          zone === sealed && name.startsWith(`${zone}.`),
        );
});

test("the same zones give the same bytes, in whatever order they came", () => {
  const reversed = Object.fromEntries(Object.entries(zones).toReversed());
  assert.equal(JSON.stringify(webhookConfigurations(registrationOf(reversed)).mutating), JSON.stringify(mutating));
});

test("templates fail open, for their pods are judged anyway", () => {
  const templates = mutating.webhooks.filter(({ name }) => name === "templates.domicile.dev");
  assert.deepEqual(
    templates.map(({ failurePolicy }) => failurePolicy),
    ["Ignore"],
  );
});

test("a configuration differs when an entry is weakened, removed or added to (O1)", () => {
  const stored = (webhooks: unknown): KubeObject => ({
    metadata: { ...validating.metadata } as KubeObject["metadata"],
    webhooks,
  });
  const [first, ...rest] = validating.webhooks;
  assert.ok(first);
  assert.equal(asCompiled(stored(validating.webhooks), validating), true);
  assert.equal(asCompiled(stored([{ ...first, failurePolicy: "Ignore" }, ...rest]), validating), false);
  assert.equal(
    asCompiled(stored([{ ...first, objectSelector: { matchLabels: { a: "b" } } }, ...rest]), validating),
    false,
  );
  assert.equal(asCompiled(stored(rest), validating), false);
  assert.equal(asCompiled(stored([...validating.webhooks, first]), validating), false);
  assert.equal(asCompiled(stored(undefined), validating), false);
});

const natively = webhookConfigurations(registrationOf(zones, undefined, undefined, undefined, true));

test("where native policy judges pods none is asked about twice, and all else is as it was", () => {
  assert.deepEqual(natively.mutating, mutating);
  const judgesPods = ({ name }: { readonly name: string }): boolean =>
    name.includes(".pods.") && !name.startsWith("lenient.");
  assert.ok(validating.webhooks.some(judgesPods));
  assert.deepEqual(
    natively.validating.webhooks,
    validating.webhooks.filter((entry) => !judgesPods(entry)),
  );
});

test("a zone is judged only when both configurations have its entries with today's CA", () => {
  const stored = (configuration: { readonly webhooks: unknown }): KubeObject => ({
    metadata: {},
    webhooks: configuration.webhooks,
  });
  const both = { mutating: stored(mutating), validating: stored(validating), judgedNatively: false };
  assert.equal(judges("us", "PEM", both), true);
  assert.equal(judges("us", "OTHER", both), false);
  assert.equal(judges("trial", "PEM", both), false);
  assert.equal(judges("us", "PEM", { ...both, validating: undefined }), false);
});

test("what does not validate pods judges a zone only while native policy does", () => {
  const stored = { mutating: { metadata: {}, webhooks: mutating.webhooks } };
  const validates = { metadata: {}, webhooks: natively.validating.webhooks };
  assert.equal(judges("us", "PEM", { ...stored, validating: validates, judgedNatively: true }), true);
  assert.equal(judges("us", "PEM", { ...stored, validating: validates, judgedNatively: false }), false);
  const without = validates.webhooks.filter(({ name }) => name !== "us.zone.bindings.domicile.dev");
  const noBindings = { metadata: {}, webhooks: without };
  assert.equal(judges("us", "PEM", { ...stored, validating: noBindings, judgedNatively: true }), false);
});

test("a zone that keeps its nodes to itself lets no pod pass without a call that lacks the toleration", () => {
  const conditionOf = (exclusive: readonly string[]): string =>
    webhookConfigurations(registrationOf({ us: "Enforce" }, [], [], exclusive))
      .mutating.webhooks.find(({ name }) => name === "us.zone.pods.domicile.dev")
      ?.matchConditions?.find(({ name }) => name === "not-provably-in-place")?.expression ?? "";
  const asked = "object.spec.tolerations.exists(t, has(t.key) && t.key == 'exclusive.domicile.dev/us'";
  assert.ok(conditionOf(["us"]).includes(asked));
  assert.ok(!conditionOf([]).includes(asked));
});
