import assert from "node:assert/strict";
import { test } from "node:test";
import { namedByZone, namedNamespaces, namersOf, namingProblems, strays } from "../../../src/zone/named-namespaces.ts";
import { projectZone } from "../../../src/zone/zone-record.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const record = (name: string, namespaces: readonly string[], parts: Partial<ZoneRecord> = {}): ZoneRecord =>
  zoneRecord(zone({ name }), { namespaces, ...parts });

test("P15 a namespace belongs to the zones that name it, whether these are valid or not", () => {
  const invalid = projectZone({
    metadata: { name: "us", uid: "1" },
    spec: { enforcement: "Enforce", nodes: { provider: "OCI", regions: ["nowhere"] }, namespaces: ["payments"] },
  });
  assert.equal(invalid?.parsed.ok, false);
  const known = world({ zones: invalid === undefined ? [] : [invalid] });
  assert.deepEqual(namersOf(known, "payments"), ["us"]);
  assert.deepEqual(namersOf(known, "shop"), []);
});

test("a zone that is being deleted names nobody, or its namespaces could never leave", () => {
  assert.deepEqual(namersOf(world({ zones: [record("us", ["payments"], { deleting: true })] }), "payments"), []);
});

test("all names together are in order, with the zones of each, and without what can never join", () => {
  const zones = [record("us", ["payments", "kube-system", "domicile-system"]), record("eu", ["shop", "payments"])];
  assert.deepEqual(namedByZone(world({ zones })), [
    { zone: "eu", namespaces: ["shop", "payments"] },
    { zone: "us", namespaces: ["payments"] },
  ]);
  assert.deepEqual(namedNamespaces(world({ zones })), ["payments", "shop"]);
});

test("of two zones that name one namespace each is told of the other", () => {
  const [us, eu] = [record("us", ["payments"]), record("eu", ["shop", "payments"])];
  const known = world({ zones: [us, eu] });
  assert.deepEqual(namingProblems(known, us), [
    {
      reason: "NamespaceNamedTwice",
      path: "spec.namespaces[0]",
      message: "payments is named by zone eu too",
    },
  ]);
  assert.deepEqual(namingProblems(known, eu), [
    {
      reason: "NamespaceNamedTwice",
      path: "spec.namespaces[1]",
      message: "payments is named by zone us too",
    },
  ]);
});

test("O4 Domicile's own namespace and a zone's DNS cannot be named", () => {
  const dns = zoneRecord(
    zone({
      name: "eu",
      egress: { ...zone().egress, dns: { namespace: "dns", podSelector: {}, nodeLocalAddresses: [] } },
    }),
  );
  const us = record("us", ["domicile-system", "dns"]);
  assert.deepEqual(
    namingProblems(world({ zones: [us, dns] }), us).map(({ reason, path }) => `${path} ${reason}`),
    ["spec.namespaces[0] Invalid", "spec.namespaces[1] Invalid"],
  );
});

test("a named namespace that was there before is a stray until it joins, goes, or another zone names it too", () => {
  const us = record("us", ["payments", "later"]);
  const seen = (zones: readonly ZoneRecord[], parts: Parameters<typeof namespace>[1]): readonly string[] =>
    strays(world({ zones, namespaces: [namespace("payments", parts)] }), us);
  assert.deepEqual(seen([us], { zone: undefined }), ["payments"]);
  assert.deepEqual(seen([us], { zone: "eu" }), ["payments"]);
  assert.deepEqual(seen([us], { zone: "us" }), []);
  assert.deepEqual(seen([us], { zone: undefined, deleting: true }), []);
  assert.deepEqual(seen([us, record("eu", ["payments"])], { zone: undefined }), []);
});
