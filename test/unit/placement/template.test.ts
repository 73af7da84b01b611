import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeLabel } from "../../../src/api/names.ts";
import { place } from "../../../src/placement/place.ts";
import { placeTemplate } from "../../../src/placement/template.ts";
import { answer } from "../../../src/placement/mode.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
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

const leaving = (parts: Partial<ZoneRecord> = {}) =>
  world({ zones: [zoneRecord(zone({ templates: "Warn" }), parts)], namespaces: [namespace("payments")] });
const asked = { ...create, namespace: "payments" };
const abroad = { spec: { template: { spec: { nodeName: "n" } } } };
const pinned = { spec: { template: { spec: { nodeSelector: { [nodeLabel("us")]: "verified" } } } } };
const told =
  /^zone us: spec\.template\.spec\.nodeSelector lacks domicile\.dev\.node-restriction\.kubernetes\.io\/us: verified\. .*\(TemplateNotPinned\)$/;

test("a zone that leaves templates tells of one without its selector, and changes and refuses none", () => {
  const seenNow = leaving();
  const reply = answer(seenNow, placeTemplate(seenNow, deployment, asked));
  assert.ok(reply.kind === "allow" && !reply.pin);
  assert.match(reply.warnings.join(), told);
  const away = answer(seenNow, placeTemplate(seenNow, abroad, asked));
  assert.match(
    away.kind === "allow" ? away.warnings.join() : "",
    /spec\.template\.spec\.nodeName is "n".*\(NodeNameSet\)/,
  );
  assert.deepEqual(answer(seenNow, placeTemplate(seenNow, pinned, asked)), { kind: "allow", pin: false, warnings: [] });
});

test("its pods are pinned and refused as in any zone", () => {
  const seenNow = leaving();
  const question = { namespace: "payments", operation: "CREATE", byNode: false, wasGated: false } as const;
  assert.deepEqual(answer(seenNow, place(seenNow, {}, question)), { kind: "allow", pin: true, warnings: [] });
  assert.equal(answer(seenNow, place(seenNow, { spec: { nodeName: "n" } }, question)).kind, "deny");
});

test("a zone that leaves templates and only audits warns nobody", () => {
  const seenNow = leaving({ enforcement: "Audit" });
  const reply = answer(seenNow, placeTemplate(seenNow, deployment, asked));
  assert.deepEqual(reply.kind === "allow" && reply.warnings, []);
});

test("a zone that is not valid says nothing of templates, and they are pinned", () => {
  const seenNow = leaving({ parsed: { ok: false, problems: [] } });
  assert.equal(placeTemplate(seenNow, deployment, asked).kind, "pinned");
});
