import { must } from "../cluster/client.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { hold, show, type Stage } from "./stage.ts";
import type { Scene } from "./story.ts";

const namespace = "payments";

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
    hold(opened.includes("198.51.100.0/24"), "the approved cluster's network should be open");
    hold(!opened.includes("192.0.2.0/24"), "the cluster nobody approved should not be open");
    hold(opened.includes("domicile.dev/sealed"), "the zone itself should be open");
    return "One policy isolates every pod in both directions; one opens DNS, the zone and 198.51.100.0/24 (us-analytics). Nothing opens eu-archive.";
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

/** What pods of a zone may reach. */
export const egressScenes: readonly Scene<Stage>[] = [policies, lock];
