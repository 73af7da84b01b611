import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Cluster } from "../../cluster/cluster.ts";
import { connect } from "../../cluster/cluster.ts";
import { must } from "../../cluster/client.ts";
import { addNode } from "../../cluster/nodes.ts";
import { field, ref } from "../../cluster/objects.ts";

let cluster: Cluster;
before(async () => void (cluster = await connect()));
after(() => cluster.close());

const map = (name: string) => ref("v1", "ConfigMap", name, "default");

test("a wait outlives an API server that is killed and started again", async () => {
  const waiting = cluster.admin.until(map("survivor"), (now) => field(now, "data.turn") === "2", {
    describe: "the survivor's second turn",
  });
  await must(cluster.admin.create({ ...map("survivor"), data: { turn: "1" } }));
  await cluster.component("kube-apiserver", "kill");
  await assert.rejects(cluster.admin.get(map("survivor")));
  await cluster.component("kube-apiserver", "start");
  await must(cluster.admin.patch(map("survivor"), { data: { turn: "2" } }));
  assert.equal(field(await waiting, "data.turn"), "2");
});

test("while the scheduler is stopped pods wait, and are placed when it is back", async () => {
  await addNode(cluster, { name: "components-test-node", labels: { "domicile.test/only": "components" } });
  await cluster.component("kube-scheduler", "stop");
  const spec = { nodeSelector: { "domicile.test/only": "components" }, containers: [{ name: "main", image: "none" }] };
  const pod = await must(cluster.admin.create({ ...ref("v1", "Pod", "unplaced", "default"), spec }));
  assert.equal(field(pod, "spec.nodeName"), undefined);
  await cluster.component("kube-scheduler", "start");
  const placed = await cluster.admin.until(pod, (now) => field(now, "status.phase") === "Running", {
    describe: "the pod is placed",
  });
  assert.equal(field(placed, "spec.nodeName"), "components-test-node");
});

test("a wait that is in vain says what it waited for and what it saw last", async () => {
  await must(cluster.admin.create({ ...map("unchanging"), data: { turn: "1" } }));
  const waiting = cluster.admin.until(map("unchanging"), () => false, { describe: "a miracle", deadlineMs: 300 });
  await assert.rejects(waiting, /waited 0\.3 s for this: a miracle; last seen: .*"name":"unchanging"/);
});
