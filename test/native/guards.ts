import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import type { Client } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { templateChart } from "../cluster/helm.ts";
import type { Manifest } from "../cluster/objects.ts";
import { ref } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";

/** Where the chart is rendered for. Its Deployment is not applied: what holds here holds without Domicile. */
export const home = "domicile-system";
export const domicileUser = `system:serviceaccount:${home}:domicile`;

/** Everybody who knocks: what each may do besides is given by ordinary RBAC. */
export type People = {
  /** Cluster administrator. */
  readonly admin: Client;
  /** Domicile's service account, with the roles of the chart and a token of its own. */
  readonly domicile: Client;
  /** An agent that may write every node's status, as node-problem-detector and some CNIs may. */
  readonly agent: Client;
  /** Has the role `edit` in every namespace. */
  readonly editor: Client;
};

const applied = ["policy-", "rbac-", "owner", "serviceaccount"] as const;

/** Applies the chart's policies, roles and account, and nothing else; resolves when the API server judges by them. */
export const installGuards = async (cluster: Cluster): Promise<People> => {
  const { admin } = cluster;
  await must(admin.create(ref("v1", "Namespace", home)));
  await kubectl(cluster, ["apply", "--server-side", "--filename=-"], await manifests(cluster));
  await must(admin.create(clusterRole("agent", [""], ["nodes", "nodes/status"], ["get", "patch"])));
  await must(admin.create(bound("agent", "agent")));
  await must(admin.create(bound("edit", "editor")));
  await enforced(admin);
  const domicile = await cluster.asServiceAccount(home, "domicile");
  await untilStatus(403, () => domicile.create(ref("v1", "Namespace", "guards-probe"), { dryRun: true }));
  return {
    admin,
    domicile,
    agent: await cluster.as({ user: "agent", groups: [] }),
    editor: await cluster.as({ user: "editor", groups: [] }),
  };
};

/** Takes the policies away, as an uninstall does. */
export const removePolicies = async (cluster: Cluster): Promise<void> => {
  const kinds = "validatingadmissionpolicybindings,validatingadmissionpolicies";
  await kubectl(cluster, ["delete", kinds, "--selector=app.kubernetes.io/part-of=domicile"]);
};

/** Leaves the cluster as it was found. */
export const removeGuards = async (cluster: Cluster): Promise<void> => {
  await kubectl(cluster, ["delete", "--ignore-not-found", "--filename=-"], await manifests(cluster));
  await kubectl(cluster, ["delete", "--ignore-not-found", "clusterrole/agent", "namespace/domicile-system"]);
  await kubectl(cluster, ["delete", "--ignore-not-found", "clusterrolebinding/agent", "clusterrolebinding/editor"]);
};

/** Asks until the answer has this status, and gives it: policies reach the API server's judges by a watch of their own. */
export const untilStatus = <T>(status: number, ask: () => Promise<Answer<T>>): Promise<Answer<T>> =>
  askUntil(ask, (answer) => answer.status === status, { describe: `the answer is ${status}` });

const enforced = async (admin: Client): Promise<void> => {
  const dryRun = { dryRun: true } as const;
  const zoned = await must(
    admin.create({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "guards-probe", labels: { "domicile.dev/zone": "us" } },
    }),
  );
  const label = { "domicile.dev.node-restriction.kubernetes.io/us": "verified" };
  const probes: readonly Manifest[] = [
    { apiVersion: "v1", kind: "Node", metadata: { name: "guards-probe", labels: label } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "guards-too", labels: { "domicile.dev/sealed": "us" } } },
    {
      ...ref("networking.k8s.io/v1", "NetworkPolicy", "domicile-isolate", "guards-probe"),
      spec: { podSelector: {} },
    },
  ];
  await Promise.all(probes.map((probe) => untilStatus(403, () => admin.create(probe, dryRun))));
  await must(admin.delete(zoned));
};

const manifests = async (cluster: Cluster): Promise<string> => {
  const values = { image: { repository: "domicile" } };
  const { code, stdout, stderr } = await templateChart(cluster, { release: "domicile", namespace: home, values });
  if (code !== 0) throw new Error(`helm template: ${stderr}`);
  const files = stdout.split(/^---$/m);
  const wanted = (text: string): boolean => applied.some((name) => text.includes(`/templates/${name}`));
  return files.filter(wanted).join("---\n");
};

const kubectl = async (cluster: Cluster, args: readonly string[], stdin?: string): Promise<void> => {
  const { code, stderr } = await cluster.kubectl(args, stdin === undefined ? {} : { stdin });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
};

const rbac = "rbac.authorization.k8s.io";

const clusterRole = (
  name: string,
  apiGroups: readonly string[],
  resources: readonly string[],
  verbs: readonly string[],
): Manifest => ({ ...ref(`${rbac}/v1`, "ClusterRole", name), rules: [{ apiGroups, resources, verbs }] });

const bound = (role: string, user: string): Manifest => ({
  ...ref(`${rbac}/v1`, "ClusterRoleBinding", user),
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ apiGroup: rbac, kind: "User", name: user }],
});
