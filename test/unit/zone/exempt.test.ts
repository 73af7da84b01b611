import assert from "node:assert/strict";
import { test } from "node:test";
import { exemptNamespaces } from "../../../src/zone/exempt.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const always = ["domicile-system", "kube-node-lease", "kube-public", "kube-system"];
const egress = (dns: string) => ({
  ...zone().egress,
  dns: { namespace: dns, podSelector: {}, nodeLocalAddresses: [] },
});
const eu = (dns: string) => zoneRecord(zone({ name: "eu", egress: egress(dns) }));

test("Kubernetes' namespaces and Domicile's own are exempt where there is no zone (O4)", () => {
  assert.deepEqual(exemptNamespaces(world({})), always);
});

test("a zone's DNS namespace is exempt, also before it exists (O4)", () => {
  assert.deepEqual(exemptNamespaces(world({ zones: [eu("dns")] })), ["dns", ...always]);
});

test("a sealed namespace keeps its webhooks when another zone names it as its DNS (O1)", () => {
  const sealed = world({ zones: [zoneRecord(zone()), eu("payments")], namespaces: [namespace("payments")] });
  assert.deepEqual(exemptNamespaces(sealed), always);
});
