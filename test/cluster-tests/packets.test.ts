import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Cluster } from "../cluster/cluster.ts";
import { connect } from "../cluster/cluster.ts";
import { must } from "../cluster/client.ts";
import { startKubelet } from "../cluster/kubelet.ts";
import { condition, ref } from "../cluster/objects.ts";
import { addOutsideHosts } from "../cluster/outside.ts";
import { idle, packetsPossible, probe, probeUntil } from "../cluster/packets.ts";
import { startRouter } from "../cluster/router.ts";

let cluster: Cluster;
before(async () => void (cluster = await connect()));
after(() => cluster.close());

const namespace = "packets-test";
const pod = { name: "sender", namespace };

test("kube-router lets a pod's packets through to the one network its policy allows", async (t) => {
  const possible = packetsPossible(cluster);
  if (possible !== true) return t.skip(possible.why);
  const { admin } = cluster;
  const [approved, foreign] = ["203.0.113.10", "198.51.100.10"];
  const hosts = await addOutsideHosts([approved, foreign], { tcp: [443] });
  const node = await startKubelet(cluster, { name: "packets-test-node", run: idle });
  const router = await startRouter(cluster, node);
  t.after(async () => {
    await router.stop();
    await node.stop();
    await hosts.remove();
  });
  await must(admin.create(ref("v1", "Namespace", namespace)));
  await admin.until(ref("v1", "ServiceAccount", "default", namespace), () => true, {
    describe: "default service account",
  });
  const spec = {
    nodeSelector: { "kubernetes.io/hostname": node.nodeName },
    containers: [{ name: "main", image: "idle" }],
  };
  const made = await must(admin.create({ ...ref("v1", "Pod", pod.name, namespace), spec }));
  await admin.until(made, (now) => condition(now, "Ready") === "True", { describe: "the sender runs" });
  assert.equal(await probe(node, pod, approved, 443), "open");
  assert.equal(await probe(node, pod, foreign, 443), "open");

  const egress = [{ to: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: [{ protocol: "TCP", port: 443 }] }];
  await must(
    admin.create({
      ...ref("networking.k8s.io/v1", "NetworkPolicy", "only-approved", namespace),
      spec: { podSelector: {}, policyTypes: ["Egress"], egress },
    }),
  );
  assert.equal(await probeUntil(node, pod, foreign, 443, "refused"), "refused");
  assert.equal(await probe(node, pod, approved, 443), "open");
});
