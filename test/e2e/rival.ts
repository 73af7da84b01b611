import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../cluster/cluster.ts";
import { component, type Component } from "../cluster/component.ts";
import { ref } from "../cluster/objects.ts";

/** The user that the second scheduler is, and the schedulerName of the pods it places. */
export const rival = "rival-scheduler";

const binding = (kind: string, name: string, namespace: string | undefined, role: string) => ({
  ...ref("rbac.authorization.k8s.io/v1", kind, name, namespace),
  roleRef: {
    apiGroup: "rbac.authorization.k8s.io",
    kind: kind === "RoleBinding" ? "Role" : "ClusterRole",
    name: role,
  },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: rival }],
});

/** What a second scheduler is granted anywhere: Kubernetes' own roles for schedulers, and a lock of its own. */
const grants = [
  binding("ClusterRoleBinding", rival, undefined, "system:kube-scheduler"),
  binding("ClusterRoleBinding", `${rival}-volumes`, undefined, "system:volume-scheduler"),
  {
    ...ref("rbac.authorization.k8s.io/v1", "Role", rival, "kube-system"),
    rules: [
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
      {
        apiGroups: ["coordination.k8s.io"],
        resources: ["leases"],
        resourceNames: [rival],
        verbs: ["get", "update"],
      },
    ],
  },
  binding("RoleBinding", rival, "kube-system", rival),
];

/**
 * Starts Kubernetes' own scheduler a second time, as another user and with the filter taken out that reads node
 * selectors: it places pods wherever there is room.
 */
export const startRival = async (cluster: Cluster): Promise<Component> => {
  const { session } = cluster;
  const granted = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: grants }),
  });
  if (granted.code !== 0) throw new Error(granted.stderr);
  const file = join(session.folder, `${rival}.json`);
  const configuration = {
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig: await cluster.kubeconfigOf({ user: rival }) },
    leaderElection: { leaderElect: true, resourceName: rival, resourceNamespace: "kube-system" },
    profiles: [{ schedulerName: rival, plugins: { multiPoint: { disabled: [{ name: "NodeAffinity" }] } } }],
  };
  writeFileSync(file, JSON.stringify(configuration));
  const started = component({
    name: rival,
    program: session.programs["kube-scheduler"] ?? "kube-scheduler",
    args: [`--config=${file}`, "--secure-port=0"],
    logFile: join(session.folder, "logs", `${rival}.log`),
    env: { PATH: process.env["PATH"], HOME: session.folder, TMPDIR: session.folder },
    // It serves nothing that could be asked: it is there when it holds its lock.
    ready: async () => {
      await cluster.admin.until(ref("coordination.k8s.io/v1", "Lease", rival, "kube-system"), () => true, {
        describe: "the second scheduler holds its lock",
      });
    },
  });
  await started.start();
  return started;
};
