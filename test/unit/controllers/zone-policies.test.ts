import assert from "node:assert/strict";
import { test } from "node:test";
import { rememberPolicies } from "../../../src/controllers/zone-policies.ts";
import * as known from "../world.ts";

const us = known.zoneRecord(known.zone());
const wider = known.zoneRecord(known.zone({ egress: { ...known.zone().egress, withinZone: "Deny" } }));

test("policies that a new node of the cluster leaves as they were come back as the same value", () => {
  const policiesOf = rememberPolicies();
  const first = policiesOf(known.world({ zones: [us] }), us);
  const second = policiesOf(
    known.world({ zones: [us], ownNetworks: [{ called: "pods of node a", cidr: "10.244.7.0/24" }] }),
    us,
  );
  assert.equal(first.kind, "compiled");
  assert.ok(second.kind === "compiled" && first.specs === second.specs);
  assert.equal(first, second);
});

test("policies that differ come back as another value", () => {
  const policiesOf = rememberPolicies();
  const first = policiesOf(known.world({ zones: [us] }), us);
  const second = policiesOf(known.world({ zones: [wider] }), wider);
  assert.ok(first.kind === "compiled" && second.kind === "compiled" && first.specs !== second.specs);
});

test("E8 the cluster's DNS is followed as it changes, and a zone that finds none opens none and says so", () => {
  const { podSelector: _, ...dns } = known.zone().egress.dns;
  const finding = known.zoneRecord(known.zone({ egress: { ...known.zone().egress, dns } }));
  const policiesOf = rememberPolicies();
  const server = { name: "kube-dns", selector: { app: "dns" }, ports: [53], addresses: [] };
  const at = (...found: readonly (typeof server)[]) =>
    policiesOf(known.world({ zones: [finding], dns: found }), finding);
  const opens = (policies: ReturnType<typeof at>): boolean => JSON.stringify(policies).includes('"app":"dns"');
  const before = at();
  assert.ok(before.kind === "compiled" && !opens(before));
  assert.deepEqual(
    before.missing.map(({ reason, path }) => [reason, path]),
    [["DnsNotFound", "spec.egress.dns"]],
  );
  const after = at(server);
  assert.ok(after.kind === "compiled" && opens(after) && after.missing.length === 0);
  assert.ok(!opens(at()));
});
