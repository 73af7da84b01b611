import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseCluster } from "../../src/zone/parse-cluster.ts";
import { parseZone } from "../../src/zone/parse-zone.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { field } from "../cluster/objects.ts";
import { parse } from "./render.ts";

const root = join(import.meta.dirname, "..", "..");
const example = async (name: string): Promise<readonly KubeObject[]> =>
  parse(await readFile(join(root, "examples", name), "utf8"));

test("the example zone is valid, and the README explains each part of it", async () => {
  const [zone] = await example("zone-us.yaml");
  const parsed = parseZone(zone);
  assert.deepEqual(parsed.ok || parsed.problems, true);
  const readme = await readFile(join(root, "README.md"), "utf8");
  for (const part of ["nodes", "egress", "ingress", "drift"])
    for (const key of Object.keys(zone?.spec?.[part] ?? {})) assert.ok(readme.includes(`| \`${part}.${key}`), key);
});

test("the example clusters are valid, and the zone approves the one it names", async () => {
  const clusters = await example("remote-clusters.yaml");
  for (const cluster of clusters) assert.ok(parseCluster(cluster).ok, String(cluster.metadata.name));
  const [zone] = await example("zone-us.yaml");
  assert.deepEqual(field(zone, "spec.egress.clusters"), [{ name: "us-analytics" }]);
  assert.deepEqual(
    clusters.map(({ metadata }) => metadata.name),
    ["us-analytics", "eu-analytics"],
  );
});

test("the example workload lives in the example namespace, which joins the example zone", async () => {
  const [zone] = await example("zone-us.yaml");
  const [namespace] = await example("namespace.yaml");
  const [workload] = await example("workload.yaml");
  assert.equal(namespace?.metadata.labels?.["domicile.dev/zone"], zone?.metadata.name);
  assert.equal(workload?.metadata.namespace, namespace?.metadata.name);
});
