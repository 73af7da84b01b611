import assert from "node:assert/strict";
import { test } from "node:test";
import { isExposable, mutateService, validateExposure } from "../../../src/admission/exposures.ts";
import type { Review } from "../../../src/admission/review.ts";
import type { ExposedSpec } from "../../../src/api/zone-exposure.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { apply } from "./apply.ts";
import { wordOf } from "./word.ts";

const selector = "domicile.dev.node-restriction.kubernetes.io/us=verified";
const keys = [
  "oci.oraclecloud.com/node-label-selector",
  "oci-network-load-balancer.oraclecloud.com/node-label-selector",
];
const pinned = Object.fromEntries(keys.map((key) => [key, selector]));
const balancer = (annotations: object | null = pinned): Review["object"] => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace: "payments", name: "api", ...(annotations === null ? {} : { annotations }) },
  spec: { type: "LoadBalancer", selector: { app: "api" }, ports: [{ port: 443 }] },
});
const listing: ExposedSpec = { kind: "Service", type: "LoadBalancer", namespaces: ["payments"], names: ["api"] };
const review = (object: Review["object"], kind = { group: "", version: "v1", kind: "Service" }): Review => ({
  uid: "u",
  operation: "CREATE",
  kind,
  subresource: "",
  namespace: "payments",
  dryRun: false,
  name: "api",
  user: { name: "somebody", groups: [] },
  object,
  oldObject: undefined,
});
const us = (enforcement: Enforcement, ...exposure: readonly ExposedSpec[]): Lists => ({
  namespaces: [namespace("payments")],
  zones: [zoneRecord(zone({ enforcement, exposure }))],
});

type Row = readonly [lists: Lists, enforced: boolean, object: Review["object"], outcome: string, reason: string];
const rows: Readonly<Record<string, Row>> = {
  "E7 a balancer that the zone does not list is refused": [
    us("Enforce"),
    true,
    balancer(),
    "denied",
    "ExposureNotListed",
  ],
  "a balancer that the zone lists passes": [us("Enforce", listing), true, balancer(), "allowed", "ExposureContained"],
  "E7 a balancer that the zone lists, and that sends to any node, is refused": [
    us("Enforce", listing),
    true,
    balancer({}),
    "denied",
    "BackendsNotVerified",
  ],
  "E7 one whose selector somebody else rewrote is refused": [
    us("Enforce", listing),
    true,
    balancer({ ...pinned, [keys[1] ?? ""]: "lbset" }),
    "denied",
    "BackendsNotVerified",
  ],
  "E7 a namespace that the API server saw in a zone and nobody here is refused": [
    {},
    true,
    balancer(),
    "denied",
    "NamespaceUnseen",
  ],
  "a namespace that left a zone which only warned passes": [{}, false, balancer(), "allowed", "NotInZone"],
  "E7 a zone that the API server saw enforcing refuses, whatever was heard here": [
    us("Warn"),
    true,
    balancer(),
    "denied",
    "ExposureNotListed",
  ],
  "Warn warns": [us("Warn"), false, balancer(), "warned", "ExposureNotListed"],
  "Warn does not warn of annotations that nobody writes there": [
    us("Warn", listing),
    false,
    balancer({}),
    "allowed",
    "ExposureContained",
  ],
  "Audit keeps it from the user": [us("Audit"), false, balancer(), "audited", "ExposureNotListed"],
};
for (const [sentence, [lists, enforced, object, wanted, reason]] of Object.entries(rows))
  test(sentence, () => {
    const decided = validateExposure(world(lists), review(object), enforced, allowedIn);
    const { outcome } = decided;
    assert.deepEqual([wordOf(outcome), decided.reason], [wanted, reason]);
  });

test("E7 the sentence names zone, field, what would have to be listed and who decides", () => {
  const { outcome } = validateExposure(world(us("Enforce")), review(balancer()), true, allowedIn);
  assert.equal(
    outcome.kind === "denied" && outcome.message,
    "zone us: spec.type is LoadBalancer, and spec.exposure does not list {kind: Service, type: LoadBalancer, namespaces: [payments], names: [api]}. What leads into a zone or out of it besides its policies is listed in its spec.exposure, or refused. Do without it; if it is meant, have it added to spec.exposure of the ResidencyZone, as it is written here, by who may edit the zone. (ExposureNotListed)",
  );
});

test("kinds of other groups are not answered", () => {
  const kind = { group: "serving.knative.dev", version: "v1", kind: "Service" };
  assert.equal(isExposable(kind), false);
  assert.equal(validateExposure(world(us("Enforce")), review(balancer(), kind), true, allowedIn).reason, "Malformed");
});

for (const [what, annotations] of Object.entries({
  "no annotations": null,
  "annotations of other things": { team: "a" },
  "nodes of its author's choice": { [keys[0] ?? ""]: "lbset=a" },
}))
  test(`E7 a balancer that the zone lists gets the zone's nodes: one with ${what}`, () => {
    const object = balancer(annotations);
    const decided = mutateService(world(us("Enforce", listing)), review(object), allowedIn);
    assert.equal(decided.reason, "BackendsVerified");
    assert.ok(decided.outcome.kind === "patched");
    const after = apply(structuredClone(object), decided.outcome.patch as never) as Review["object"];
    assert.equal(
      validateExposure(world(us("Enforce", listing)), review(after), true, allowedIn).outcome.kind,
      "allowed",
    );
    assert.equal(mutateService(world(us("Enforce", listing)), review(after), allowedIn).outcome.kind, "allowed");
  });

const untouched: Readonly<Record<string, readonly [lists: Lists, asked: Review]>> = {
  "a plain Service": [us("Enforce", listing), review({ ...balancer({}), spec: { selector: { app: "api" } } })],
  "a balancer in no zone that is known": [{}, review(balancer({}))],
  "an old balancer that the zone does not list": [us("Enforce"), { ...review(balancer({})), operation: "UPDATE" }],
};
for (const [what, [lists, asked]] of Object.entries(untouched))
  test(`nodes are given to none but balancers of zones: ${what}`, () => {
    assert.equal(mutateService(world(lists), asked, allowedIn).outcome.kind, "allowed");
  });
