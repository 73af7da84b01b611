import { must } from "../cluster/client.ts";
import { addNode } from "../cluster/nodes.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { instanceOcid } from "../cluster/oracle.ts";
import { installDomicile, untilSealed, untilZone } from "../e2e/domicile.ts";
import { applyFile, hold, refusalOf, runningOn, show, type Stage } from "./stage.ts";
import type { Scene } from "./story.ts";

const namespace = "payments";
const nodeLabel = "domicile.dev.node-restriction.kubernetes.io/us";
const verified = ["ashburn-1", "ashburn-2", "phoenix-1"];
const zone = ref("domicile.dev/v1alpha1", "ResidencyZone", "us");
const pods = { apiVersion: "v1", kind: "Pod" };

const install: Scene<Stage> = {
  title: "Helm installs Domicile with two replicas",
  tell: async ({ cluster }) => {
    await installDomicile(cluster);
    const { body } = await cluster.admin.list(pods, { namespace: "domicile-system" });
    const ready = body.items.filter((pod) => condition(pod, "Ready") === "True");
    hold(ready.length === 2, `two replicas should be ready, and ${ready.length} are`);
    return "2 of 2 replicas are ready; the webhooks are registered.";
  },
};

const nodes: Scene<Stage> = {
  title: "Nodes join in Ashburn, Phoenix and Frankfurt",
  tell: async ({ cluster }) => {
    await Promise.all([
      addNode(cluster, { name: "ashburn-1", region: "us-ashburn-1" }),
      addNode(cluster, { name: "phoenix-1", region: "us-phoenix-1" }),
      addNode(cluster, { name: "frankfurt-1", region: "eu-frankfurt-1" }),
      // It contradicts itself: the machine is in Frankfurt, the label says Ashburn.
      addNode(cluster, {
        name: "liar-1",
        region: "us-ashburn-1",
        providerID: instanceOcid("eu-frankfurt-1", "liar-1"),
      }),
      // It lies consistently: nothing in the cluster says that this machine is elsewhere.
      addNode(cluster, { name: "ashburn-2", region: "us-ashburn-1" }),
    ]);
    return "5 nodes: 2 in Ashburn, 1 in Phoenix, 1 in Frankfurt, and 1 whose label says Ashburn and whose OCID says Frankfurt.";
  },
};

const zoneScene: Scene<Stage> = {
  title: "A zone and two clusters are applied",
  tell: async (stage) => {
    await applyFile(stage, "examples/remote-clusters.yaml");
    await applyFile(stage, "examples/zone-us.yaml");
    await untilZone(stage.cluster, "us", "Accepted", "True");
    await untilZone(stage.cluster, "us", "NodesVerified", "True");
    return "Zone us is accepted; it approves RemoteCluster us-analytics and not eu-analytics.";
  },
};

const verdicts: Scene<Stage> = {
  title: "Nodes are judged by their evidence",
  tell: async (stage) => {
    const { admin } = stage.cluster;
    for (const name of verified)
      await admin.until(ref("v1", "Node", name), ({ metadata }) => metadata.labels?.[nodeLabel] === "verified", {
        describe: `node ${name} is verified for zone us`,
      });
    const counted = await admin.until<KubeObject>(zone, (now) => field(now, "status.nodes.verified") === 3, {
      describe: "zone us counts three verified nodes",
    });
    for (const name of ["frankfurt-1", "liar-1"]) {
      const { metadata } = await must(admin.get(ref("v1", "Node", name)));
      hold(metadata.labels?.[nodeLabel] === undefined, `node ${name} bears the zone's label and should not`);
    }
    hold(Number(field(counted, "status.nodes.rejected")) >= 2, "frankfurt-1 and liar-1 should be counted as rejected");
    await show(stage, "get", "nodes", "-L", nodeLabel, "-L", "topology.kubernetes.io/region");
    return (
      "ashburn-1, ashburn-2 and phoenix-1 are verified; frankfurt-1 and the self-contradicting liar-1 are rejected. " +
      "ashburn-2 stands for a lie that is consistent: it is accepted, for at level ProviderID the providerID is the " +
      "node's own claim, and Domicile cannot know better."
    );
  },
};

const join: Scene<Stage> = {
  title: "A namespace joins the zone",
  tell: async (stage) => {
    await must(stage.cluster.admin.create({ ...ref("v1", "Namespace", namespace) }));
    const said = await show(stage, "label", "namespace", namespace, "domicile.dev/zone=us");
    await untilSealed(stage.cluster, namespace, "us");
    return `${said.trim()}; isolation stands, and the namespace is sealed.`;
  },
};

const workloads: Scene<Stage> = {
  title: "Five kinds of workload run on verified US nodes only",
  tell: async (stage) => {
    await applyFile(stage, "examples/workloads.yaml");
    // Its schedule is nightly; a run of it is asked for, as an operator would.
    await show(stage, "create", "job", "nightly-now", "--from=cronjob/nightly", "-n", namespace);
    const kinds = ["web-", "store-", "agent-", "nightly-", "bare"];
    const running = await stage.cluster.admin.untilList<KubeObject>(
      pods,
      (seen) => kinds.every((kind) => seen.some((pod) => pod.metadata.name?.startsWith(kind) && started(pod))),
      { namespace, describe: "a pod of each kind of workload runs", deadlineMs: 120_000 },
    );
    const abroad = running.filter((pod) => {
      const node = field(pod, "spec.nodeName");
      return typeof node === "string" && !verified.includes(node);
    });
    hold(
      abroad.length === 0,
      `${abroad.map((pod) => pod.metadata.name).join(", ")} run on nodes that are not verified`,
    );
    await show(stage, "get", "pods", "-n", namespace, "-o", "wide");
    return `${runningOn(running).size} pods run, on ${[...new Set(runningOn(running).values())].toSorted().join(", ")}.`;
  },
};

const refusals: Scene<Stage> = {
  title: "What tries to go abroad is refused, and told what to do",
  tell: async (stage) => {
    const named = await refusalOf(stage, pod("by-name", { nodeName: "frankfurt-1" }));
    hold(named.includes("Remove spec.nodeName"), `the refusal should say what to do: ${named}`);
    const selected = await refusalOf(
      stage,
      pod("by-region", { nodeSelector: { "topology.kubernetes.io/region": "eu-frankfurt-1" } }),
    );
    hold(selected.includes("eu-frankfurt-1"), `the refusal should name what it found: ${selected}`);
    return "A pod that names a Frankfurt node and one that selects Frankfurt were refused; each refusal names the field, the rule and the way out.";
  },
};

const started = (pod: KubeObject): boolean => ["Running", "Succeeded"].includes(String(field(pod, "status.phase")));

const pod = (name: string, spec: object): KubeObject => ({
  ...ref("v1", "Pod", name, namespace),
  spec: { containers: [{ name: "main", image: "example/app" }], ...spec },
});

/** Where pods of a zone may run. */
export const placementScenes: readonly Scene<Stage>[] = [
  install,
  nodes,
  zoneScene,
  verdicts,
  join,
  workloads,
  refusals,
];
