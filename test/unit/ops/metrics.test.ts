import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsTable } from "../../../src/ops/metrics-table.ts";
import { makeMetrics } from "../../../src/ops/metrics.ts";

const scrape = async (metrics: ReturnType<typeof makeMetrics>): Promise<string> => (await metrics.text()).text;

test("what is scraped is what the table says", async () => {
  const metrics = makeMetrics();
  metrics.watches(() => []);
  const text = await scrape(metrics);
  const shown = [...text.matchAll(/^# TYPE (domicile_\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
  assert.deepEqual(
    shown.toSorted(),
    Object.entries(metricsTable)
      .map(([name, { type }]) => [name, type])
      .toSorted(),
  );
});

test("a decision counts once and its milliseconds become seconds", async () => {
  const metrics = makeMetrics();
  metrics.decided({ path: "/pods", decision: "denied", reason: "NodeNameSet", zone: "us", ms: 250 });
  const text = await scrape(metrics);
  assert.match(
    text,
    /domicile_admission_decisions_total\{path="\/pods",decision="denied",reason="NodeNameSet",zone="us"\} 1/,
  );
  assert.match(text, /domicile_admission_seconds_sum\{path="\/pods"\} 0\.25/);
});

test("the age and the size of a store are read when they are asked for", async () => {
  const metrics = makeMetrics();
  let age = 1_000;
  let size = 3;
  metrics.watches(() => [{ name: "pods", ageMs: () => age, size: () => size }]);
  assert.match(await scrape(metrics), /domicile_watch_age_seconds\{store="pods"\} 1\n/);
  assert.match(await scrape(metrics), /domicile_store_objects\{store="pods"\} 3\n/);
  age = 90_000;
  size = 0;
  assert.match(await scrape(metrics), /domicile_watch_age_seconds\{store="pods"\} 90\n/);
  assert.match(await scrape(metrics), /domicile_store_objects\{store="pods"\} 0\n/);
});

test("two processes in one do not share a number", async () => {
  const one = makeMetrics();
  const other = makeMetrics();
  one.leads(true);
  assert.match(await scrape(one), /^domicile_leader 1$/m);
  assert.match(await scrape(other), /^domicile_leader 0$/m);
});

test("a zone's counts go when the zone goes, and all of them when another replica leads", async () => {
  const metrics = makeMetrics();
  const conditions = [
    { type: "Accepted", status: "True" },
    { type: "Ready", status: "False" },
    { type: "Enforced", status: "Unknown" },
  ] as const;
  const counts = {
    nodes: { verified: 3 },
    pods: { inPlace: 7 },
    workloads: 2,
    pretenders: new Map([
      ["shop", 4],
      ["lab", 1],
    ]),
    neighbours: new Map([
      ["kube-system", 2],
      ["shop", 1],
    ]),
    uncontained: 6,
    exposed: 7,
    conditions,
  };
  for (const zone of ["us", "eu"]) metrics.counted(zone, counts);
  assert.match(await scrape(metrics), /^domicile_nodes\{zone="us",verdict="verified"\} 3$/m);
  assert.match(await scrape(metrics), /^domicile_neighbours\{zone="us"\} 3$/m);
  assert.match(await scrape(metrics), /^domicile_pods_labelled_outside\{zone="us"\} 5$/m);
  assert.match(await scrape(metrics), /^domicile_policies_not_contained\{zone="us"\} 6$/m);
  assert.match(await scrape(metrics), /^domicile_exposures_not_listed\{zone="us"\} 7$/m);
  assert.match(await scrape(metrics), /^domicile_workloads_out_of_place\{zone="us"\} 2$/m);
  assert.match(await scrape(metrics), /^domicile_zone_condition\{zone="us",type="Accepted"\} 1$/m);
  assert.match(await scrape(metrics), /^domicile_zone_condition\{zone="us",type="Ready"\} 0$/m);
  assert.match(await scrape(metrics), /^domicile_zone_condition\{zone="us",type="Enforced"\} -1$/m);
  metrics.counted("us", undefined);
  const text = await scrape(metrics);
  assert.doesNotMatch(text, /zone="us"/);
  assert.match(text, /^domicile_pods\{zone="eu",place="inPlace"\} 7$/m);
  metrics.leads(false);
  assert.doesNotMatch(await scrape(metrics), /zone="eu"/);
});
