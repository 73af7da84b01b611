import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { exemptNamespaces } from "../../../src/zone/exempt.ts";
import { webhookConfigurations, type WebhookConfiguration } from "../../../src/controllers/webhook-configurations.ts";
import { matches } from "../../../src/labels/selector.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { authority } from "../admission/reviews.ts";
import { registrationOf } from "./registration-of.ts";

type Labels = Readonly<Record<string, string>>;
type Case = {
  readonly own: string;
  readonly zones: readonly { readonly name: string; readonly enforcement: Enforcement; readonly dns: string }[];
  /** What the namespace that is looked at says of itself. */
  readonly labels: Labels;
  readonly name: string;
  /** Namespaces that are sealed, of whatever zone. */
  readonly sealed: readonly string[];
};

const zoneNames = fc.constantFrom("us", "eu", "de", "a", "us-2", "zone");
// Few, so that a zone's DNS, Domicile's own and the namespace that is looked at often are one.
const places = fc.constantFrom("domicile-system", "kube-system", "kube-public", "dns", "payments", "us", "default");
const labelValues = fc.oneof(zoneNames, fc.constantFrom("ghost", ""));
const cases: fc.Arbitrary<Case> = fc.record({
  own: places.filter((name) => !name.startsWith("kube-")),
  zones: fc.uniqueArray(
    fc.record({ name: zoneNames, enforcement: fc.constantFrom<Enforcement>("Enforce", "Warn", "Audit"), dns: places }),
    { selector: ({ name }) => name, maxLength: 6 },
  ),
  labels: fc.record(
    { "domicile.dev/zone": labelValues, "domicile.dev/sealed": labelValues, team: labelValues },
    { requiredKeys: [] },
  ),
  name: places,
  sealed: fc.subarray(["payments", "dns", "default", "domicile-system", "us"]),
});

const compiled = ({ own, zones, sealed }: Case) => {
  const records = zones.map(({ name, enforcement, dns }) =>
    zoneRecord(
      zone({
        name,
        enforcement,
        egress: { ...zone().egress, dns: { namespace: dns, podSelector: {}, nodeLocalAddresses: [] } },
      }),
    ),
  );
  const known = world({ zones: records, namespaces: sealed.map((name) => namespace(name)), ownNamespace: own });
  const modes = Object.fromEntries(zones.map(({ name, enforcement }) => [name, enforcement]));
  const exempt = exemptNamespaces(known);
  const registration = registrationOf(modes, exempt);
  const service = { ...registration.service, namespace: own };
  return { exempt, ...webhookConfigurations({ ...registration, service }) };
};

/** Of the entries for pods or for templates, those that a namespace of this name with these labels meets. */
const met = ({ webhooks }: WebhookConfiguration, name: string, labels: Labels) =>
  webhooks.filter(({ namespaceSelector, objectSelector, rules }) => {
    if (rules.every(({ scope, resources }) => scope === "Cluster" && !resources.includes("namespaces"))) return false;
    const own = { ...labels, "kubernetes.io/metadata.name": name };
    // Of what is in a namespace nothing is asked; of a namespace itself its own labels are.
    const itself = rules.some(({ resources }) => resources.includes("namespaces"));
    // What is in no namespace is asked about whatever a namespace bears.
    const outside = !itself && rules.every(({ scope }) => scope === "Cluster");
    return !outside && matches(namespaceSelector, own) && matches(objectSelector, itself ? own : {});
  });

test("O4 whatever zones there are and whatever labels they bear, no entry meets Domicile's, Kubernetes' or the DNS' namespaces", () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { exempt, mutating, validating } = compiled(given);
      const meets = (name: string, labels: Labels) => [
        ...met(mutating, name, labels),
        ...met(validating, name, labels),
      ];
      for (const name of [given.own, "kube-system", "kube-public", "kube-node-lease"])
        assert.deepEqual(meets(name, given.labels), []);
      // What is sealed is nobody's DNS, also before the configurations are compiled anew for that.
      const { "domicile.dev/sealed": _, ...labels } = given.labels;
      for (const name of exempt) assert.deepEqual(meets(name, labels), []);
      const dns = given.zones.map((each) => each.dns).filter((name) => !given.sealed.includes(name));
      assert.deepEqual(
        dns.filter((name) => !exempt.includes(name)),
        [],
      );
    }),
    { numRuns: 400 },
  );
});

test("O4 a namespace that bears no zone's label is met by nothing, so its pods wait for nobody", () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { "domicile.dev/zone": _, ...labels } = given.labels;
      const { mutating, validating } = compiled(given);
      assert.deepEqual([...met(mutating, given.name, labels), ...met(validating, given.name, labels)], []);
    }),
  );
});

test("O1 every other namespace of a zone meets one entry for pods and one for Bindings, which fail closed unless its zone only warns", () => {
  fc.assert(
    fc.property(cases, (given) => {
      const { exempt, mutating, validating } = compiled(given);
      const named = given.labels["domicile.dev/zone"];
      fc.pre(named !== undefined && !exempt.includes(given.name));
      const lenient = given.zones.some(({ name, enforcement }) => name === named && enforcement !== "Enforce");
      const policies = (configuration: WebhookConfiguration, resource: string) =>
        met(configuration, given.name, given.labels)
          .filter(({ rules }) => rules.some(({ resources }) => resources.includes(resource)))
          .map(({ failurePolicy }) => failurePolicy);
      const one = [lenient ? "Ignore" : "Fail"];
      assert.deepEqual(policies(mutating, "pods"), lenient ? [] : one);
      assert.deepEqual(policies(validating, "pods"), one);
      for (const door of ["pods/binding", "bindings"]) {
        assert.deepEqual(policies(mutating, door), []);
        assert.deepEqual(policies(validating, door), one);
      }
    }),
    { numRuns: 400 },
  );
});

test("O1 a hundred zones with the longest names, each with DNS of its own, fit into what etcd takes", () => {
  const long = (at: number, letter: string): string => `${letter}${at}-`.padEnd(63, letter);
  const all = Array.from({ length: 100 }, (_, at) => at);
  const modes = Object.fromEntries(all.map((at) => [long(at, "z"), "Enforce"] as const));
  const exempt = ["domicile-system", "kube-system", ...all.map((at) => long(at, "d"))];
  // Two authorities, as while one follows the other.
  const caBundle = authority.cert.repeat(2);
  const { mutating, validating } = webhookConfigurations({ ...registrationOf(modes, exempt), caBundle });
  // A request of etcd's holds 1,572,864 bytes, and who wrote which field is stored beside.
  for (const { webhooks } of [mutating, validating]) assert.ok(JSON.stringify(webhooks).length < 1_400_000);
});
