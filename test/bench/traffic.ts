import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { serviceAccount } from "../e2e/domicile.ts";

/** What the requests of Domicile's service account are sorted into; the first that matches counts it. */
const kinds = {
  watches: [{ verbs: ["watch"], apiGroups: ["*"], resources: ["*"] }],
  lease: [{ verbs: ["get", "update"], apiGroups: ["coordination.k8s.io"], resources: ["leases"] }],
  // Dry runs by which the leader sees that its guards hold: nothing else of Domicile's makes pods or binds them.
  tries: [{ verbs: ["create", "patch"], apiGroups: [""], resources: ["pods", "pods/binding"] }],
  policies: [{ verbs: ["create", "update", "patch", "delete"], apiGroups: ["networking.k8s.io"], resources: ["*"] }],
  others: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
} as const;

/** Requests by kind. */
export type Traffic = Readonly<Record<keyof typeof kinds, number>>;

const schemaOf = (kind: string): string => `bench-${kind}`;

/**
 * Has the API server count the requests of Domicile's service account: its own metrics know no users, but they know
 * FlowSchemas, and those match users, verbs and resources.
 */
export const countTraffic = async ({ admin }: Cluster): Promise<void> => {
  for (const [at, [kind, rules]] of Object.entries(kinds).entries())
    await must(
      admin.create({
        ...ref("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", schemaOf(kind)),
        spec: {
          priorityLevelConfiguration: { name: "workload-low" },
          // Before every schema of Kubernetes' own but those that exempt administrators.
          matchingPrecedence: 50 + at,
          rules: [
            {
              subjects: [{ kind: "User", user: { name: serviceAccount } }],
              resourceRules: rules.map((rule) => ({ ...rule, clusterScope: true, namespaces: ["*"] })),
            },
          ],
        },
      } as Manifest),
    );
};

/** Requests of all replicas since they began to be counted. */
export const trafficSoFar = async ({ admin }: Cluster): Promise<Traffic> => {
  const text = await must(admin.send<unknown>({ method: "GET", path: "/metrics" }));
  const lines = String(text)
    .split("\n")
    .filter((line) => line.startsWith("apiserver_flowcontrol_dispatched_requests_total{"));
  const of = (kind: keyof Traffic): number =>
    lines
      .filter((line) => line.includes(`flow_schema="${schemaOf(kind)}"`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  return {
    watches: of("watches"),
    lease: of("lease"),
    tries: of("tries"),
    policies: of("policies"),
    others: of("others"),
  };
};
