import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { ref } from "../cluster/objects.ts";
import { installDomicile, uninstallDomicile, untilZone } from "../e2e/domicile.ts";
import { isolating, readSpecs, storedPolicies } from "../e2e/policies.ts";
import { podOf, zoneRef } from "../e2e/resources.ts";
import {
  closeStage,
  definitionNames,
  furnish,
  inside,
  leftovers,
  nodeLabel,
  openStage,
  podsCanBeMade,
  type Stage,
  untilUnregistered,
  zone,
} from "./stage.ts";

let stage: Stage;
before(async () => {
  stage = await openStage();
  await installDomicile(stage.cluster);
  await furnish(stage);
});
after(() => closeStage(stage));

test("O4 after helm uninstall pods can be made everywhere, and CRDs, zones, policies and node labels stay", async () => {
  const { cluster } = stage;
  await uninstallDomicile(cluster);
  await untilUnregistered(cluster);
  assert.deepEqual((await leftovers(cluster)).toSorted(), definitionNames);
  await podsCanBeMade(cluster, "uninstalled");
  await must(cluster.admin.get(zoneRef(zone)));
  assert.deepEqual((await readSpecs(cluster, inside))["domicile-isolate"], isolating);
  const { metadata } = await must(cluster.admin.get(ref("v1", "Node", "phoenix-1")));
  assert.equal(metadata.labels?.[nodeLabel], "verified");
});

test("installed again, Domicile adopts what stands: nothing is written anew, and it enforces", async () => {
  const { cluster } = stage;
  const policies = await storedPolicies(cluster, inside);
  const labels = (await must(cluster.admin.get(ref("v1", "Namespace", inside)))).metadata.labels;
  await installDomicile(cluster);
  await untilZone(cluster, zone, "Isolated", "True");
  assert.deepEqual(await storedPolicies(cluster, inside), policies);
  assert.deepEqual((await must(cluster.admin.get(ref("v1", "Namespace", inside)))).metadata.labels, labels);
  const { status, message } = await cluster.admin.create(podOf("named", inside, { nodeName: "phoenix-1" }));
  assert.equal(status, 403, message);
  assert.match(message, /Remove spec\.nodeName/);
});
