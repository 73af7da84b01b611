import assert from "node:assert/strict";
import { test } from "node:test";
import type { Toleration } from "../../../src/api/kubernetes.ts";
import { nodeLabel } from "../../../src/api/names.ts";
import { pin } from "../../../src/placement/pin.ts";
import { place } from "../../../src/placement/place.ts";
import { placeTemplate, pinTemplate } from "../../../src/placement/template.ts";
import { tolerates } from "../../../src/placement/toleration.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";

const kept = world({ zones: [zoneRecord(zone(), { exclusive: true })], namespaces: [namespace("payments")] });
const shared = world({ zones: [zoneRecord(zone())], namespaces: [namespace("payments")] });
const create = { namespace: "payments", operation: "CREATE", byNode: false, wasGated: false } as const;
const key = "exclusive.domicile.dev/us";
const added = { key, operator: "Exists", effect: "NoSchedule" };
const nodeSelector = { [nodeLabel("us")]: "verified" };

const tolerations: Readonly<Record<string, readonly [Toleration, boolean]>> = {
  "the one that Domicile adds": [added, true],
  "one for every effect": [{ key, operator: "Exists" }, true],
  "one for every taint": [{ operator: "Exists" }, true],
  "one that equals no value": [{ key, effect: "NoSchedule" }, true],
  "one that equals a value that the taint has not": [{ key, operator: "Equal", value: "us" }, false],
  "one for another effect": [{ ...added, effect: "NoExecute" }, false],
  "one of another zone": [{ ...added, key: "exclusive.domicile.dev/eu" }, false],
  "one that compares numbers": [{ key, operator: "Gt", value: "" }, false],
};
for (const [which, [toleration, expected]] of Object.entries(tolerations))
  test(`the zone's taint is ${expected ? "" : "not "}tolerated by ${which}`, () =>
    assert.equal(tolerates({ tolerations: [toleration] }, "us"), expected));

test("a pod of a zone that keeps its nodes to itself gets the toleration after its own", () => {
  const own = { key: "example.com/gpu", operator: "Exists" };
  const pod = { spec: { nodeSelector, tolerations: [own] } };
  const placement = place(kept, pod, create);
  assert.equal(placement.kind, "pinned");
  if (placement.kind !== "pinned") return;
  const pinned = pin(pod, placement);
  assert.deepEqual(pinned.spec, { nodeSelector, tolerations: [own, added] });
  assert.equal(place(kept, pinned, create).kind, "inPlace");
});

test("a pod that tolerates every taint gets no toleration, and one of a zone that shares its nodes gets none", () => {
  assert.equal(place(kept, { spec: { nodeSelector, tolerations: [{ operator: "Exists" }] } }, create).kind, "inPlace");
  assert.equal(place(shared, { spec: { nodeSelector } }, create).kind, "inPlace");
  assert.deepEqual(pin({ spec: {} }, { zone: "us" }).spec, { nodeSelector });
});

test("P20 a pod that tolerates the taint of another zone is refused, also where neither keeps its nodes", () => {
  const tolerant = { spec: { nodeSelector, tolerations: [{ key: "exclusive.domicile.dev/eu", operator: "Exists" }] } };
  for (const world of [kept, shared]) {
    const placement = place(world, tolerant, create);
    assert.match(
      placement.kind === "refused" ? placement.message : placement.kind,
      /^zone us: spec\.tolerations names "exclusive\.domicile\.dev\/eu"\. .*\(TolerationOutsideZone\)$/,
    );
  }
});

test("a template gets the toleration with the selector, and one from before gets it when it is changed", () => {
  const workload = { spec: { template: { spec: { nodeSelector } } } };
  const placement = placeTemplate(kept, workload, {
    namespace: "payments",
    operation: "UPDATE",
    kind: "Deployment",
    templateChanged: true,
  });
  assert.equal(placement.kind, "pinned");
  if (placement.kind !== "pinned") return;
  assert.deepEqual(pinTemplate(workload, "Deployment", placement).spec?.template?.spec, {
    nodeSelector,
    tolerations: [added],
  });
});
