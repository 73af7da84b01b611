import assert from "node:assert/strict";
import { test } from "node:test";
import { makeDriftReport } from "../../../src/controllers/drift-report.ts";
import type { Report } from "../../../src/controllers/events.ts";
import type { PodFacts } from "../../../src/zone/facts.ts";
import { namespace, node, pod, world, zone, zoneRecord } from "../world.ts";

const us = zoneRecord(zone());
const { signal } = new AbortController();
const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-7d9f", uid: "uid-rs", deployment: "api" };
const member = (name: string): PodFacts => pod({ name, uid: `uid-${name}`, node: "a", owner });

const setup = () => {
  const nodes = [node("a", { taintKeys: ["virtual-kubelet.io/provider"] })];
  const reports: Report[] = [];
  const events = { report: async (report: Report) => void reports.push(report) };
  const { tell, remembers } = makeDriftReport({
    world: world({ zones: [us], namespaces: [namespace("payments")], nodes }),
    events,
  });
  return { reports, remembers, tell: (away: readonly PodFacts[], record = us) => tell(record, 1, away, signal) };
};

test("a workload is told of once, and again only after it was whole", async () => {
  const { reports, remembers, tell } = setup();
  await tell([member("api-1"), member("api-2")]);
  await tell([member("api-2")]);
  assert.equal(reports.length, 1);
  assert.deepEqual(reports[0]?.regarding, {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    name: "api-7d9f",
    uid: "uid-rs",
    namespace: "payments",
  });
  assert.match(
    reports[0]?.note ?? "",
    /Zone us: payments\/Deployment\/api has 2 out of place: api-1 on a \(VirtualNode\), api-2 on a \(VirtualNode\)\./,
  );
  assert.ok(remembers("us"));
  await tell([]);
  assert.ok(!remembers("us"));
  await tell([member("api-3")]);
  assert.equal(reports.length, 2);
});

test("of many workloads a hundred are told of at a time, and every one once", async () => {
  const { reports, tell } = setup();
  const away = Array.from({ length: 250 }, (_, at) => pod({ name: `bare-${at}`, uid: `uid-${at}`, node: "a" }));
  assert.deepEqual(
    [await tell(away), await tell(away), await tell(away), await tell(away)],
    [true, true, false, false],
  );
  assert.equal(new Set(reports.map(({ regarding }) => regarding.name)).size, 250);
  assert.equal(reports.length, 250);
});

test("of many pods of a workload five are named", async () => {
  const { reports, tell } = setup();
  await tell(Array.from({ length: 9 }, (_, at) => member(`api-${at}`)));
  assert.match(reports[0]?.note ?? "", /has 9 out of place: .*api-4 on a \(VirtualNode\) and 4 more\./);
});

test("P6 a static pod is told of on its node, and no eviction is promised", async () => {
  const { reports, tell } = setup();
  const evicting = zoneRecord(zone({ drift: { action: "Evict", maxPerMinute: 10, maxUnavailable: 1 } }));
  await tell([pod({ node: "a", mirror: true })], evicting);
  assert.equal(reports[0]?.reason, "MirrorPod");
  assert.deepEqual(reports[0]?.regarding, { apiVersion: "v1", kind: "Node", name: "a", uid: "uid-a" });
});
