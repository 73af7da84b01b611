import assert from "node:assert/strict";
import { test } from "node:test";
import { validatePolicy } from "../../../src/admission/policies.ts";
import type { Review } from "../../../src/admission/review.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { wordOf } from "./word.ts";

const policy = (...egress: readonly object[]) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { namespace: "payments", name: "theirs" },
  spec: { podSelector: {}, policyTypes: ["Egress"], egress },
});
const abroad = policy({ to: [{ ipBlock: { cidr: "198.51.100.0/24" } }] });
const within = policy({ to: [{ namespaceSelector: { matchLabels: { "domicile.dev/sealed": "us" } } }] });

const review = (object: Review["object"]): Review => ({
  uid: "u",
  operation: "CREATE",
  kind: { group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy" },
  subresource: "",
  namespace: "payments",
  dryRun: false,
  name: "theirs",
  user: { name: "somebody", groups: [] },
  object,
  oldObject: undefined,
});

const us = { namespaces: [namespace("payments")] };
const invalid = zoneRecord(zone(), { parsed: { ok: false, problems: [] } });
const standing = {
  namespace: "payments",
  name: "domicile-allow",
  uid: "p",
  resourceVersion: "1",
  created: 0,
  labels: {},
  spec: abroad.spec as object,
};
type Row = readonly [lists: Lists, enforced: boolean, object: Review["object"], outcome: string, reason: string];
const rows: Readonly<Record<string, Row>> = {
  "E1 what opens more is refused": [{ ...us, zones: [zoneRecord(zone())] }, true, abroad, "denied", "PolicyWidensZone"],
  "what the zone allows passes": [{ ...us, zones: [zoneRecord(zone())] }, true, within, "allowed", "PoliciesContained"],
  "E1 of what is not known here nobody can tell, and it is refused": [
    { ...us, zones: [zoneRecord(zone())] },
    true,
    policy({ to: [{ hostname: "example.com" }] }),
    "denied",
    "PolicyNotProved",
  ],
  "E1 a namespace that the API server saw in a zone and nobody here is refused": [
    {},
    true,
    within,
    "denied",
    "NamespaceUnseen",
  ],
  "a namespace that left a zone which only warned passes": [{}, false, abroad, "allowed", "NotInZone"],
  "E1 a zone that the API server saw enforcing refuses, whatever was heard here": [
    { ...us, zones: [zoneRecord(zone({ enforcement: "Warn" }))] },
    true,
    abroad,
    "denied",
    "PolicyWidensZone",
  ],
  "Warn warns": [
    { ...us, zones: [zoneRecord(zone({ enforcement: "Warn" }))] },
    false,
    abroad,
    "warned",
    "PolicyWidensZone",
  ],
  "Audit keeps it from the user": [
    { ...us, zones: [zoneRecord(zone({ enforcement: "Audit" }))] },
    false,
    abroad,
    "audited",
    "PolicyWidensZone",
  ],
  "E1 a zone that is gone allows what stands, and no more": [us, true, abroad, "denied", "PolicyWidensZone"],
  "a zone that is not valid allows what stands": [
    { ...us, zones: [invalid], policies: [standing] },
    true,
    abroad,
    "allowed",
    "PoliciesContained",
  ],
  "E1 what somebody else's policy opens is no measure of a zone that is not valid": [
    { ...us, zones: [invalid], policies: [{ ...standing, name: "theirs" }] },
    true,
    abroad,
    "denied",
    "PolicyWidensZone",
  ],
};

for (const [sentence, [lists, enforced, object, wanted, reason]] of Object.entries(rows))
  test(sentence, () => {
    const decided = validatePolicy(world(lists), review(object), enforced, allowedIn);
    const { outcome } = decided;
    assert.deepEqual([wordOf(outcome), decided.reason], [wanted, reason]);
  });

test("E1 the sentence names zone, field, connection, what to do and the reason", () => {
  const { outcome } = validatePolicy(world({ ...us, zones: [zoneRecord(zone())] }), review(abroad), true, allowedIn);
  assert.equal(
    outcome.kind === "denied" && outcome.message,
    "zone us: spec.egress[0].to[0].ipBlock opens egress to 198.51.100.0, port 1/TCP, which zone us does not allow. Policies are a union, so one that opens more than the zone allows opens the zone. Narrow the policy to what the zone allows; select pods of the zone by a namespaceSelector on the label domicile.dev/sealed. If the zone should allow it, put it into spec.egress or spec.ingress of the ResidencyZone, or ask who may edit that. (PolicyWidensZone)",
  );
});
