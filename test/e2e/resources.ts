import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { field, ref, type KubeObject, type Manifest, type Ref } from "../cluster/objects.ts";

const group = "domicile.dev/v1alpha1";
export const zoneRef = (name: string): Ref => ref(group, "ResidencyZone", name);
export const clusterRef = (name: string): Ref => ref(group, "RemoteCluster", name);

/** Makes a RemoteCluster, or changes it to this. */
export const applyCluster = (cluster: Cluster, name: string, cidrs: readonly string[]): Promise<KubeObject> =>
  must(
    cluster.admin.apply(
      {
        ...clusterRef(name),
        spec: { region: "us-phoenix-1", networks: [{ name: "gateway", cidrs, ports: [{ port: 443 }] }] },
      },
      { fieldManager: "tests", force: true },
    ),
  );

export type StoredCondition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
};

const conditionOf = (object: KubeObject, type: string): StoredCondition | undefined =>
  ((field(object, "status.conditions") ?? []) as readonly StoredCondition[]).find((entry) => entry.type === type);

/** Resolves when a zone's condition says this about its present spec, and gives the condition. */
export const untilCondition = async (
  cluster: Cluster,
  zone: string,
  type: string,
  wanted: { readonly status: string; readonly reason?: string; readonly message?: RegExp },
): Promise<StoredCondition> => {
  const holds = (object: KubeObject): boolean => {
    const found = conditionOf(object, type);
    return (
      found?.status === wanted.status &&
      found.observedGeneration === object.metadata["generation"] &&
      (wanted.reason === undefined || found.reason === wanted.reason) &&
      (wanted.message === undefined || wanted.message.test(found.message))
    );
  };
  const object = await cluster.admin.until<KubeObject>(zoneRef(zone), holds, {
    describe: `zone ${zone} has ${type}=${wanted.status} ${wanted.reason ?? ""} ${wanted.message ?? ""}`,
  });
  const found = conditionOf(object, type);
  if (found === undefined) throw new Error(`zone ${zone} has no condition ${type}`);
  return found;
};

/** A namespace with these labels. */
export const namespaceOf = (name: string, labels: Readonly<Record<string, string>> = {}): Manifest => ({
  ...ref("v1", "Namespace", name),
  metadata: { name, labels },
});

/** Sets labels of a namespace; null takes one away. */
export const relabel = (
  client: Client,
  namespace: string,
  labels: Readonly<Record<string, string | null>>,
): Promise<KubeObject> => must(client.patch(ref("v1", "Namespace", namespace), { metadata: { labels } }));

/** A pod of one container, as a person writes it. */
export const podOf = (name: string, namespace: string, spec: object = {}): Manifest => ({
  ...ref("v1", "Pod", name, namespace),
  spec: { containers: [{ name: "main", image: "example/app" }], ...spec },
});

/** A Deployment of such pods. */
export const deploymentOf = (name: string, namespace: string, replicas: number, spec: object = {}): Manifest => ({
  ...ref("apps/v1", "Deployment", name, namespace),
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "main", image: "example/app" }], ...spec },
    },
  },
});

/** Resolves when an event of an object has this reason, and gives its note. */
export const untilEvent = async (cluster: Cluster, name: string, reason: string): Promise<string> => {
  const matches = (event: KubeObject): boolean => field(event, "regarding.name") === name && event["reason"] === reason;
  const events = await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (seen) => seen.some(matches),
    { namespace: "default", describe: `an event of ${name} says ${reason}` },
  );
  return String(events.find(matches)?.["note"]);
};
