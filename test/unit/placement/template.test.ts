import assert from "node:assert/strict";
import { test } from "node:test";
import { placeTemplate } from "../../../src/placement/template.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const seen = world({
  zones: [zoneRecord(zone())],
  namespaces: [namespace("fresh", { sealed: undefined }), namespace("ghost", { zone: "gone" })],
});
const deployment = { spec: { template: {} } };
const create = { operation: "CREATE", kind: "Deployment", templateChanged: true } as const;

test("a template is pinned before its namespace is sealed: its pods wait for that", () => {
  assert.equal(placeTemplate(seen, deployment, { ...create, namespace: "fresh" }).kind, "pinned");
});

test("a template is refused where the namespace's label names no zone, as its pods are", () => {
  const placement = placeTemplate(seen, deployment, { ...create, namespace: "ghost" });
  assert.equal(placement.reason, "ZoneNotFound");
  assert.match(
    placement.kind === "refused" ? placement.message : "",
    /^zone gone: namespace ghost is labelled domicile\.dev\/zone=gone\. .*Create the ResidencyZone.*\(ZoneNotFound\)$/,
  );
});
