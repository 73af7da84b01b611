import assert from "node:assert/strict";
import { test } from "node:test";
import { readReview, type Review } from "../../../src/admission/review.ts";
import { mutateNamespace, refuseJoin, refuseLeave, validateNamespace } from "../../../src/admission/namespaces.ts";
import type { Outcome } from "../../../src/admission/decided.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { namespace, pod, world, zone, zoneRecord } from "../world.ts";
import { review } from "./reviews.ts";

const kind = { group: "", version: "v1", kind: "Namespace" };
const object = (label?: string) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: "payments",
    labels: {
      "kubernetes.io/metadata.name": "payments",
      ...(label === undefined ? {} : { "domicile.dev/zone": label }),
    },
  },
});

/** As the API server asks: while a namespace is being made the request says no namespace. */
const read = (now: object, before?: object): Review => {
  const request =
    before === undefined
      ? { kind, namespace: "", name: "payments" }
      : { kind, operation: "UPDATE", oldObject: before, name: "payments" };
  const reading = readReview(review(now, request));
  assert.ok(reading.kind === "review", JSON.stringify(reading));
  return reading.review;
};

const us = zoneRecord(zone(), { namespaces: ["payments"] });
const eu = zoneRecord(zone({ name: "eu" }), { namespaces: ["payments"] });
const patched = (outcome: Outcome): unknown => (outcome.kind === "patched" ? outcome.patch : outcome);
const said = (outcome: Outcome): string => (outcome.kind === "denied" ? outcome.message : JSON.stringify(outcome));

test("P15 a new namespace that a zone names gets its label, and nothing else is touched", () => {
  const { outcome, reason, zone: named } = mutateNamespace(world({ zones: [us] }), read(object()));
  assert.deepEqual(patched(outcome), [{ op: "add", path: "/metadata/labels/domicile.dev~1zone", value: "us" }]);
  assert.deepEqual([reason, named], ["NamespaceJoins", "us"]);
});

test("a new namespace without any label gets labels", () => {
  const { outcome } = mutateNamespace(world({ zones: [us] }), read({ metadata: { name: "payments" } }));
  assert.deepEqual(patched(outcome), [{ op: "add", path: "/metadata/labels", value: { "domicile.dev/zone": "us" } }]);
});

test("a new namespace that bears the right label is left alone", () => {
  assert.equal(mutateNamespace(world({ zones: [us] }), read(object("us"))).outcome.kind, "allowed");
});

test("P15 a new namespace that bears another zone's label is refused", () => {
  const { outcome } = mutateNamespace(world({ zones: [us] }), read(object("eu")));
  assert.match(
    said(outcome),
    /^zone us: namespace payments is named by zone us and is labelled domicile\.dev\/zone=eu\. .*\(NamespaceBelongs\)$/,
  );
});

test("P15 a new namespace that two zones name is refused, whatever label it bears", () => {
  for (const label of [undefined, "us", "eu"])
    assert.match(said(mutateNamespace(world({ zones: [us, eu] }), read(object(label))).outcome), /NamespaceNamedTwice/);
});

test("P15 a name that nobody names as last heard here is refused, for the API server knows a zone that does", () => {
  assert.match(said(mutateNamespace(world({}), read(object())).outcome), /\(NamespaceUnseen\)$/);
});

const leaving = (enforcement: Enforcement) =>
  validateNamespace(
    world({ zones: [zoneRecord(zone({ enforcement }))], namespaces: [namespace("payments")], pods: [pod()] }),
    read(object(), object("us")),
  );

test("P15 leaving with a pod is refused where the zone enforces, warned of where it warns, told where it audits", () => {
  assert.match(said(leaving("Enforce").outcome), /^zone us: namespace payments holds 1 pod \(api-0\)/);
  const warned = leaving("Warn").outcome;
  assert.ok(warned.kind === "allowed" && warned.warnings.length === 1);
  const audited = leaving("Audit").outcome;
  assert.ok(audited.kind === "allowed" && audited.warnings.length === 0 && audited.audited !== undefined);
});

test("a label that names no zone is refused, also by an empty one", () => {
  for (const label of ["ghost", ""])
    assert.match(said(validateNamespace(world({}), read(object(label))).outcome), /\(ZoneNotFound\)$/);
});

test("P15 whom the API server found to lack a verb is refused, with his name and the verb", () => {
  assert.match(
    said(refuseJoin(world({ zones: [us] }), read(object("us"))).outcome),
    /^zone us: namespace payments is labelled domicile\.dev\/zone=us by jane, who may not use the zone\. .*\(UseNotGranted\)$/,
  );
  assert.match(
    said(refuseLeave(world({ zones: [us] }), read(object(), object("us"))).outcome),
    /^zone us: namespace payments loses the label domicile\.dev\/zone=us by jane, who may not declassify\. .*\(DeclassifyNotGranted\)$/,
  );
});

test("a namespace that joins is allowed, and told of", () => {
  assert.deepEqual(validateNamespace(world({ zones: [us] }), read(object("us"))), {
    reason: "NamespaceJoins",
    zone: "us",
    outcome: { kind: "allowed", warnings: [] },
  });
});
