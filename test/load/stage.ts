import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { addNodes } from "../cluster/nodes.ts";
import { ref } from "../cluster/objects.ts";
import { applyZone, installDomicile, joinZone, startHome, untilSealed, untilZone } from "../e2e/domicile.ts";
import { clear } from "../lifecycle/stage.ts";
import { deploymentOf, namespaceOf, relabel } from "../e2e/resources.ts";

/** A cluster with Domicile and a zone, half of whose nodes are abroad. */
export type Stage = { readonly cluster: Cluster; readonly home: Kubelet };

export const zone = "us";
/** Its Deployment was made in it, so it is pinned. */
export const inside = "payments";
/** Its Deployment is older than its membership, so nobody pinned it, and each of its pods is a call. */
export const legacy = "ledger";
export const outside = "shop";
/** Exempt from every webhook, here and in every cluster. */
export const control = "kube-system";
export const nodeLabel = "domicile.dev.node-restriction.kubernetes.io/us";
export const verifiedNodes: readonly string[] = ["phoenix-1", "phoenix-2"];
const foreignNodes: readonly string[] = ["frankfurt-1", "frankfurt-2"];

/** Deployments called web, in every namespace of the stage; they start without pods. */
export const web = (namespace: string) => ref("apps/v1", "Deployment", "web", namespace);

export const openStage = async (): Promise<Stage> => {
  const cluster = await connect();
  const home = await startHome(cluster);
  await installDomicile(cluster);
  const { admin } = cluster;
  await addNodes(cluster, [
    ...verifiedNodes.map((name) => ({ name, region: "us-phoenix-1" })),
    ...foreignNodes.map((name) => ({ name, region: "eu-frankfurt-1" })),
  ]);
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
  await untilZone(cluster, zone, "NodesVerified", "True");
  for (const name of [outside, legacy]) {
    await must(admin.create(namespaceOf(name)));
    await must(admin.create(deploymentOf("web", name, 0)));
  }
  await relabel(admin, legacy, { "domicile.dev/zone": zone });
  await untilSealed(cluster, legacy, zone);
  await joinZone(cluster, inside, zone);
  await must(admin.create(deploymentOf("web", inside, 0)));
  return { cluster, home };
};

export const closeStage = async ({ cluster, home }: Stage): Promise<void> => {
  await clear(cluster, [inside, legacy, outside], [...verifiedNodes, ...foreignNodes]);
  await home.stop();
  await cluster.close();
};
