import assert from "node:assert/strict";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { Kubelet } from "../cluster/kubelet.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import {
  applyZone,
  home,
  installDomicile,
  joinZone,
  startHome,
  uninstallDomicile,
  untilLetIn,
  untilZone,
} from "../e2e/domicile.ts";
import { deploymentOf, podOf } from "../e2e/resources.ts";

/** A cluster with Domicile, a zone with one node, a namespace in it and a namespace outside. */
export type Stage = { readonly cluster: Cluster; readonly home: Kubelet };

export const zone = "us";
export const inside = "payments";
export const outside = "shop";
export const nodeLabel = "domicile.dev.node-restriction.kubernetes.io/us";

/** Connects and starts the node that runs Domicile, as `run` says for an image; nothing is installed yet. */
export const openStage = async (run?: (cluster: Cluster) => (image: string) => readonly string[]): Promise<Stage> => {
  const cluster = await connect();
  return { cluster, home: await startHome(cluster, undefined, run?.(cluster)) };
};

/** Makes the zone, its node and both namespaces; Domicile must be installed. */
export const furnish = async ({ cluster }: Stage): Promise<void> => {
  await addNode(cluster, { name: "phoenix-1", region: "us-phoenix-1" });
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-phoenix-1"] } });
  await untilZone(cluster, zone, "NodesVerified", "True");
  await must(cluster.admin.create(ref("v1", "Namespace", outside)));
  await joinZone(cluster, inside, zone);
};

/** Takes everything away, the nodes named too, so that the next file finds the cluster as this one did. */
export const closeStage = async ({ cluster, home: node }: Stage, ...nodes: readonly string[]): Promise<void> => {
  try {
    const release = await cluster.kubectl(["get", "secret", "-n", home, "-l", "owner=helm", "-o", "name"]);
    if (release.stdout.trim() === "") await installDomicile(cluster);
    await clear(cluster, [inside, outside], ["phoenix-1", ...nodes]);
  } finally {
    await node.stop();
    await cluster.close();
  }
};

/** Takes away the namespaces, the zone and the nodes, then Domicile, which must be installed, with all that an uninstall keeps. */
export const clear = async (
  cluster: Cluster,
  namespaces: readonly string[],
  nodes: readonly string[],
): Promise<void> => {
  const { admin } = cluster;
  for (const name of namespaces) await admin.delete(ref("v1", "Namespace", name));
  for (const name of namespaces)
    await admin.untilGone(ref("v1", "Namespace", name), { describe: `namespace ${name} is gone` });
  await admin.delete(ref("domicile.dev/v1alpha1", "ResidencyZone", zone));
  await admin.untilGone(ref("domicile.dev/v1alpha1", "ResidencyZone", zone), { describe: "the zone is gone" });
  for (const name of nodes) await admin.delete(ref("v1", "Node", name));
  await uninstallDomicile(cluster);
  await removeLeftovers(cluster);
};

/** The names of our CustomResourceDefinitions. */
export const definitions = [
  "nodeattestations.domicile.dev",
  "remoteclusters.domicile.dev",
  "residencyzones.domicile.dev",
];

/** The same as kubectl -o name has them. */
export const definitionNames = definitions.map((name) => `customresourcedefinition.apiextensions.k8s.io/${name}`);

/** What an uninstall keeps: the definitions, and in Domicile's own namespace its certificates and its Lease. */
const removeLeftovers = async ({ admin }: Cluster): Promise<void> => {
  for (const name of definitions) {
    const definition = ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", name);
    // The policy that guards it has just gone, and API servers may not all have heard.
    await admin.patch(definition, { metadata: { annotations: { "domicile.dev/deletion": "allowed" } } });
    await admin.delete(definition);
    await admin.untilGone(definition, { describe: `the definition ${name} is gone` });
  }
  await admin.delete(ref("v1", "Namespace", home));
  await admin.untilGone(ref("v1", "Namespace", home), { describe: `namespace ${home} is gone` });
};

/** Pods and Deployments can be made inside and outside the zone. */
export const podsCanBeMade = async (cluster: Cluster, suffix: string): Promise<void> => {
  await untilLetIn(cluster, inside);
  for (const namespace of [inside, outside, "default", "kube-system"]) {
    await must(cluster.admin.create(podOf(`free-${suffix}`, namespace)));
    const deployment = deploymentOf(`free-${suffix}`, namespace, 1);
    await must(cluster.admin.create(deployment));
    await cluster.admin.untilList<KubeObject>({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.length > 0, {
      namespace,
      labelSelector: `app=free-${suffix}`,
      describe: `the Deployment makes a pod in ${namespace}`,
    });
    await cluster.kubectl([
      "delete",
      "-n",
      namespace,
      `deployment/free-${suffix}`,
      `pod/free-${suffix}`,
      "--wait=false",
    ]);
  }
};

/** Which of Domicile's cluster-scoped objects are there, as kind/name. */
export const leftovers = async (cluster: Cluster): Promise<readonly string[]> => {
  const kinds =
    "validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings,clusterroles,clusterrolebindings,crds";
  const { code, stdout, stderr } = await cluster.kubectl(["get", kinds, "-o", "name"]);
  assert.equal(code, 0, stderr);
  return stdout.split("\n").filter((name) => name.includes("domicile"));
};

/** Resolves when garbage collection has taken what Domicile registered with the API server. */
export const untilUnregistered = async (cluster: Cluster): Promise<void> => {
  const native = ["domicile-pods", "domicile-bindings", "domicile-canary", "domicile-containment", "domicile-exposure"];
  const registered: Readonly<Record<string, readonly string[]>> = {
    MutatingWebhookConfiguration: ["domicile"],
    ValidatingWebhookConfiguration: ["domicile"],
    ValidatingAdmissionPolicy: native,
    ValidatingAdmissionPolicyBinding: native,
  };
  for (const [kind, name] of Object.entries(registered).flatMap(([one, names]) =>
    names.map((each) => [one, each] as const),
  ))
    await cluster.admin.untilGone(ref("admissionregistration.k8s.io/v1", kind, name), {
      describe: `${kind} ${name} is gone`,
    });
};

/** Sets how many replicas there are, and resolves when so many are ready and no other pod is left. */
export const scaleTo = async (cluster: Cluster, replicas: number): Promise<void> => {
  await must(cluster.admin.patch(ref("apps/v1", "Deployment", "domicile", home), { spec: { replicas } }));
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "v1", kind: "Pod" },
    (pods) => pods.length === replicas && pods.every((pod) => condition(pod, "Ready") === "True"),
    { namespace: home, describe: `${replicas} replicas are ready`, deadlineMs: 120_000 },
  );
};

/** Resolves when a Deployment has so many ready pods. */
export const untilReady = (cluster: Cluster, name: string, namespace: string, count: number): Promise<unknown> =>
  cluster.admin.until(
    ref("apps/v1", "Deployment", name, namespace),
    (now) => field(now, "status.readyReplicas") === count,
    { describe: `${namespace}/${name} has ${count} ready pods` },
  );
