import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../../../src/controllers/events.ts";
import { rememberContainment } from "../../../src/controllers/foreign-policies.ts";
import { tellFound } from "../../../src/controllers/tell-found.ts";
import { rememberAllowed } from "../../../src/controllers/zone-allowance.ts";
import { rememberPolicies } from "../../../src/controllers/zone-policies.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const port = { protocol: "TCP" as const, port: 443 };
const partner = (name: string): PolicyFacts => ({
  namespace: "payments",
  name,
  uid: `uid-${name}`,
  resourceVersion: "1",
  created: 0,
  labels: {},
  spec: {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: [port] }],
  },
});
const approving = zone({
  egress: { ...zone().egress, networks: [{ name: "n", addresses: addressesOf(["203.0.113.0/24"]), ports: [port] }] },
});
const signal = new AbortController().signal;

test("E1 a policy is judged anew when its zone shrinks, when it changes and when its namespace leaves", () => {
  const find = rememberContainment(rememberAllowed(rememberPolicies()));
  const found = (record: ReturnType<typeof zoneRecord>, policies: readonly PolicyFacts[], at = "us") => {
    const seen = world({ zones: [record], namespaces: [namespace("payments", { zone: at })], policies });
    return find(seen, "us").map(({ name }) => name);
  };
  const [wide, narrow] = [zoneRecord(approving), zoneRecord(zone())];
  const theirs = partner("theirs");
  assert.deepEqual(found(wide, [theirs]), []);
  assert.deepEqual(found(narrow, [theirs, partner("domicile-allow")]), ["theirs"]);
  assert.deepEqual(found(narrow, [{ ...theirs, spec: { podSelector: {}, policyTypes: ["Egress"] } }]), []);
  assert.deepEqual(found(narrow, [theirs], "eu"), []);
  assert.deepEqual(found(wide, [theirs]), []);
});

test("E1 each policy is told of once until it is contained, at most twenty in one look", async () => {
  const told: Report[] = [];
  const tell = tellFound({ report: async (report) => void told.push(report) });
  const found = Array.from({ length: 25 }, (_, index) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    namespace: "payments",
    name: `p-${index}`,
    uid: `uid-${index}`,
    containment: { kind: "unproved", reason: "PolicyNotProved", path: "spec", message: "is strange" } as const,
  }));
  await tell("us", found, signal);
  assert.equal(told.length, 20);
  await tell("us", found, signal);
  await tell("us", found, signal);
  assert.equal(told.length, 25);
  assert.deepEqual(
    told.map(({ regarding }) => regarding.name),
    found.map(({ name }) => name),
  );
  await tell("us", [], signal);
  await tell("us", found.slice(0, 1), signal);
  assert.equal(told.length, 26);
});
