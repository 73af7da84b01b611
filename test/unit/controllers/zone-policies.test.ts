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
