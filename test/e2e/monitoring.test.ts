import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { objects, pick } from "../chart/render.ts";
import { askUntil } from "../cluster/asking.ts";
import { addNode } from "../cluster/nodes.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { alerts, alertsFile, panels } from "../monitoring/queries.ts";
import { startPrometheus, type Prometheus } from "../monitoring/prometheus.ts";
import { applyZone, joinZone, untilZone } from "./domicile.ts";
import { readyReplicas } from "./replicas.ts";
import { podOf } from "./resources.ts";

const zone = "watched";
let cluster: Cluster;
let prometheus: Prometheus;

before(async () => {
  cluster = await connect();
  await addNode(cluster, { name: "watched-1", region: "us-phoenix-1" });
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
  await untilZone(cluster, zone, "NodesVerified", "True");
  await joinZone(cluster, zone, zone);
  await untilZone(cluster, zone, "Ready", "True");
  await cluster.admin.create(podOf("named", zone, { nodeName: "watched-1" }));
  const values = { prometheus: { serviceMonitor: { enabled: true } } };
  const monitor = pick(await objects(cluster, values), "ServiceMonitor");
  prometheus = await startPrometheus(cluster, monitor, alertsFile);
});
after(async () => {
  await prometheus.stop();
  await cluster.close();
});

test("what the ServiceMonitor selects is every replica, each by its pod's name", async () => {
  const replicas = await readyReplicas(cluster);
  await prometheus.untilScraped(replicas.length, 3);
  const up = await prometheus.query('up{job="domicile"}');
  assert.deepEqual(
    up.map(({ metric, value }) => [metric["pod"], metric["instance"], value[1]]).toSorted(),
    replicas.map(({ name, ip }) => [name, `${ip}:8080`, "1"]).toSorted(),
  );
});

/** Panels that are empty while nothing is wrong. */
const emptyAtBest = new Set(["Faults of watches", "Repairs in the last hour"]);

test("every query of the dashboard gives data, or is empty because nothing is wrong", async (t) => {
  const empty: string[] = [];
  for (const { title, expr } of panels()) if ((await prometheus.query(expr)).length === 0) empty.push(title);
  t.diagnostic(`${panels().length - empty.length} queries with data; empty: ${empty.join(", ") || "none"}`);
  assert.deepEqual(
    empty.filter((title) => !emptyAtBest.has(title)),
    [],
  );
});

test("the dashboard offers the zones that there are", async () => {
  assert.ok((await prometheus.labelValues("zone", "domicile_zone_condition")).includes(zone));
});

test("every alert's expression is one that Prometheus evaluates, and what it is about is measured", async (t) => {
  const firing: string[] = [];
  for (const { title, expr } of alerts()) if ((await prometheus.query(expr)).length > 0) firing.push(title);
  t.diagnostic(
    `${alerts().length - firing.length} expressions empty; true (before their time is over): ${firing.join(", ") || "none"}`,
  );
  // Other tests make zones that are not ready, and repairs; these would be wrong in any case.
  for (const title of ["DomicileDown", "DomicileNoLeader", "DomicileCertificateEnding", "DomicileRegistrationHindered"])
    assert.ok(!firing.includes(title), title);
});

test("no alert of another zone speaks of this one", async () => {
  // Native policies and API servers are every zone's: while a policy is written anew for the zone of another test, this
  // one is not enforced for a moment, which the alerts wait out.
  for (const { title, expr } of alerts())
    await askUntil(
      () => prometheus.query(expr),
      (found) => found.every(({ metric }) => metric["zone"] !== zone),
      { describe: `${title} does not speak of zone ${zone}` },
    );
});
