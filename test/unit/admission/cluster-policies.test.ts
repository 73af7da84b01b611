import assert from "node:assert/strict";
import { test } from "node:test";
import { validateClusterPolicy } from "../../../src/admission/cluster-policies.ts";
import type { Review } from "../../../src/admission/review.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { wordOf } from "./word.ts";

const named = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const toMonitoring = (subject: object) => ({
  apiVersion: "policy.networking.k8s.io/v1alpha2",
  kind: "ClusterNetworkPolicy",
  metadata: { name: "theirs" },
  spec: {
    tier: "Admin",
    priority: 1,
    subject: { namespaces: subject },
    egress: [{ action: "Accept", to: [{ namespaces: named("monitoring") }] }],
  },
});
const review = (object: Review["object"]): Review => ({
  uid: "u",
  operation: "CREATE",
  kind: { group: "policy.networking.k8s.io", version: "v1alpha2", kind: "ClusterNetworkPolicy" },
  subresource: "",
  namespace: "",
  dryRun: false,
  name: "theirs",
  user: { name: "somebody", groups: [] },
  object,
  oldObject: undefined,
});

const eu = (parts: Partial<Zone>) => zoneRecord(zone({ name: "eu", ...parts }));
const places = [namespace("payments"), namespace("shop", { zone: "eu", sealed: "eu" })];
const both = (parts: Partial<Zone>): Lists => ({ zones: [zoneRecord(zone()), eu(parts)], namespaces: places });
const standing = (where: string, policyTypes: readonly string[]): PolicyFacts => ({
  namespace: where,
  name: "domicile-allow",
  uid: where,
  resourceVersion: "1",
  created: 0,
  labels: {},
  spec: { podSelector: {}, egress: [{ to: [{ namespaceSelector: named("monitoring") }] }], policyTypes } as object,
});
const two = [namespace("payments"), namespace("ledger")];

type Row = readonly [lists: Lists, subject: object, outcome: string, zone: string | undefined];
const rows: Readonly<Record<string, Row>> = {
  "E2 what selects a zone's namespaces and opens more is refused": [both({}), named("shop"), "denied", "eu"],
  "E2 what selects every namespace and opens more is refused": [both({}), {}, "denied", "eu"],
  "what selects no namespace of any zone passes": [both({}), named("elsewhere"), "allowed", undefined],
  "what leaves zones out passes": [
    both({}),
    { matchExpressions: [{ key: "domicile.dev/zone", operator: "DoesNotExist" }] },
    "allowed",
    undefined,
  ],
  "of a zone that only warns it is a warning": [both({ enforcement: "Warn" }), named("shop"), "warned", "eu"],
  "of a zone that only counts nobody hears": [both({ enforcement: "Audit" }), named("shop"), "audited", "eu"],
  "E2 what a zone that warns would let in, one that enforces refuses": [
    both({ enforcement: "Warn" }),
    {},
    "denied",
    "us",
  ],
  "E2 a zone that is gone allows what stands, and no more": [{ namespaces: places }, named("shop"), "denied", "eu"],
  "a zone that is gone allows what stands in all of its namespaces": [
    { namespaces: two, policies: two.map(({ name }) => standing(name, ["Egress"])) },
    {},
    "allowed",
    undefined,
  ],
  "E2 what stands in one namespace of a zone that is gone is no measure of the others": [
    { namespaces: two, policies: [standing("payments", ["Egress"])] },
    {},
    "denied",
    "us",
  ],
};

for (const [sentence, [lists, subject, wanted, of]] of Object.entries(rows))
  test(sentence, () => {
    const { outcome, zone: found } = validateClusterPolicy(world(lists), review(toMonitoring(subject)), allowedIn);
    assert.deepEqual([wordOf(outcome), found], [wanted, of]);
  });
