import assert from "node:assert/strict";
import { test } from "node:test";
import { rememberAllowed } from "../../../src/controllers/zone-allowance.ts";
import { rememberPolicies } from "../../../src/controllers/zone-policies.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const us = zoneRecord(zone());
const narrower = zoneRecord(zone({ egress: { ...zone().egress, withinZone: "Deny" } }));
const invalid = zoneRecord(zone(), { parsed: { ok: false, problems: [] } });
const payments = { zones: [us], namespaces: [namespace("payments")] };
const standing = {
  namespace: "payments",
  name: "domicile-allow",
  uid: "p",
  resourceVersion: "1",
  created: 0,
  labels: {},
  spec: { podSelector: {} },
};
const unread = { ...payments, zones: [invalid], policies: [standing] };

type Row = readonly [before: Lists, after: Lists, same: boolean];
const rows: Readonly<Record<string, Row>> = {
  "what a zone allows is read once while a status, a pod or a node of others changes": [
    payments,
    {
      ...payments,
      zones: [{ ...us, generation: 2 }],
      ownNetworks: [{ called: "pods of node a", cidr: "10.244.7.0/24" }],
    },
    true,
  ],
  "E1 what a zone allows is read anew when the zone changes": [payments, { ...payments, zones: [narrower] }, false],
  "E1 what a zone allows is read anew when a namespace joins": [
    payments,
    { ...payments, namespaces: [...payments.namespaces, namespace("ledger")] },
    false,
  ],
  "of a zone that is not valid what stands is read once": [unread, unread, true],
  "E1 of a zone that is not valid what stands is read anew when it changes": [
    unread,
    { ...unread, policies: [{ ...standing, spec: { podSelector: {}, egress: [] } }] },
    false,
  ],
};

for (const [sentence, [before, after, same]] of Object.entries(rows))
  test(sentence, () => {
    const allowedIn = rememberAllowed(rememberPolicies());
    const first = allowedIn(world(before), "us", "payments");
    assert.equal(first === allowedIn(world(after), "us", "payments"), same);
  });
