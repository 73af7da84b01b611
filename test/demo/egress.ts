import { must } from "../cluster/client.ts";
import { startKubelet } from "../cluster/kubelet.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { addOutsideHosts } from "../cluster/outside.ts";
import { idle, packetsPossible, probe, probeUntil } from "../cluster/packets.ts";
import { startRouter } from "../cluster/router.ts";
import { hold, show, type Stage } from "./stage.ts";
import type { Scene } from "./story.ts";

const namespace = "payments";
const [approved, foreign] = ["198.51.100.10", "192.0.2.10"];

const policies: Scene<Stage> = {
  title: "NetworkPolicies let pods reach DNS, the zone and the approved cluster",
  tell: async (stage) => {
    const { body } = await stage.cluster.admin.list(
      { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      { namespace },
    );
    await show(stage, "get", "networkpolicies", "-n", namespace);
    const isolate = body.items.find(({ metadata }) => metadata.name === "domicile-isolate");
    const allow = body.items.find(({ metadata }) => metadata.name === "domicile-allow");
    hold(isolate !== undefined && allow !== undefined, "domicile-isolate and domicile-allow should both be there");
    hold(
      JSON.stringify(field(isolate, "spec.policyTypes")) === '["Ingress","Egress"]',
      "isolation should be for both directions",
    );
    hold(field(isolate, "spec.egress") === undefined, "the isolating policy should allow nothing");
    const opened = JSON.stringify(field(allow, "spec.egress"));
    hold(opened.includes("198.51.100.0/25"), "the approved cluster's network should be open");
    hold(!opened.includes("192.0.2.0/24"), "the cluster nobody approved should not be open");
    hold(opened.includes("domicile.dev/sealed"), "the zone itself should be open");
    return "One policy isolates every pod in both directions; one opens DNS, the zone and 198.51.100.0/25 (us-analytics). Nothing opens eu-analytics.";
  },
};

const lock: Scene<Stage> = {
  title: "The policies cannot be taken away or widened",
  tell: async ({ cluster, say }) => {
    const allow = ref("networking.k8s.io/v1", "NetworkPolicy", "domicile-allow", namespace);
    const widened = await cluster.admin.patch<KubeObject>(allow, { spec: { egress: [{}] } });
    hold(!widened.ok, "widening domicile-allow should have been refused");
    say(`      refused: ${widened.message}`);
    const deleted = await cluster.admin.delete(
      ref("networking.k8s.io/v1", "NetworkPolicy", "domicile-isolate", namespace),
    );
    hold(!deleted.ok, "deleting domicile-isolate should have been refused");
    const node = ref("v1", "Node", "frankfurt-1");
    const forged = await cluster.admin.patch(node, {
      metadata: { labels: { "domicile.dev.node-restriction.kubernetes.io/us": "verified" } },
    });
    hold(!forged.ok, "labelling frankfurt-1 by hand should have been refused");
    say(`      refused: ${forged.message}`);
    await must(cluster.admin.get(allow));
    return "A cluster administrator's edit and deletion of the policies and a forged node label were refused by native policy, which holds while Domicile is away.";
  },
};

const packets: Scene<Stage> = {
  title: "Packets reach the approved cluster and not the foreign one",
  tell: async ({ cluster, say }) => {
    const possible = packetsPossible(cluster);
    if (possible !== true) return `policy written, packets not tested: ${possible.why}`;
    const hosts = await addOutsideHosts([approved, foreign], { tcp: [443] });
    const node = await startKubelet(cluster, { name: "ashburn-3", region: "us-ashburn-1", run: idle });
    const router = await startRouter(cluster, node);
    const name = { name: "sender", namespace };
    const sender = await must(
      cluster.admin.create<KubeObject>({
        ...ref("v1", "Pod", name.name, namespace),
        spec: {
          nodeSelector: { "kubernetes.io/hostname": "ashburn-3" },
          containers: [{ name: "main", image: "example/sender:1" }],
        },
      }),
    );
    await cluster.admin.until(sender, (now) => condition(now, "Ready") === "True", {
      describe: "pod sender runs on ashburn-3",
    });
    const far = await probeUntil(node, name, foreign, 443, "refused");
    const near = await probe(node, name, approved, 443);
    say(`      payments/sender -> ${approved}:443 (us-analytics): ${near}`);
    say(`      payments/sender -> ${foreign}:443 (eu-analytics): ${far}`);
    hold(far === "refused", `a packet to ${foreign}:443 should be refused, and met: ${far}`);
    hold(near === "open", `a packet to ${approved}:443 should pass, and met: ${near}`);
    await router.stop();
    await hosts.remove();
    return `kube-router enforced them: ${approved}:443 answered, ${foreign}:443 was refused.`;
  },
};

/** What pods of a zone may reach. */
export const egressScenes: readonly Scene<Stage>[] = [policies, lock, packets];
