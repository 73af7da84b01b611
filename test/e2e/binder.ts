import { askUntil } from "../cluster/asking.ts";
import type { Client } from "../cluster/client.ts";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { podOf } from "./resources.ts";

/** The two resources that take a Binding: a pod's own subresource, and the older one that the API server still serves. */
export const doors = ["pods/binding", "bindings"] as const;
export type Door = (typeof doors)[number];

/** What a Binding says besides which pod it is about. */
export type Said = {
  readonly target?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
};

/** Sends a Binding of a pod through a door. */
export const bindVia = (
  client: Client,
  door: Door,
  pod: { readonly namespace: string; readonly name: string },
  { target, dryRun = false, ...metadata }: Said,
): Promise<Answer<KubeObject>> =>
  client.send({
    method: "POST",
    path: `/api/v1/namespaces/${pod.namespace}/${door === "bindings" ? door : `pods/${pod.name}/binding`}`,
    ...(dryRun ? { query: { dryRun: "All" } } : {}),
    body: { apiVersion: "v1", kind: "Binding", metadata: { ...pod, ...metadata }, target },
  });

/** A pod that nobody's scheduler cares about, so that it waits until a test binds it. */
export const waitingPod = async (cluster: Cluster, namespace: string, name: string): Promise<void> => {
  await must(cluster.admin.create(podOf(name, namespace, { schedulerName: "nobody" })));
};

/** The node that a pod is bound to, or undefined. */
export const nodeOf = async (cluster: Cluster, namespace: string, name: string): Promise<unknown> =>
  field(await must(cluster.admin.get(ref("v1", "Pod", name, namespace))), "spec.nodeName");

/** Lets users bind pods in a namespace through both doors, as a custom scheduler's role would; resolves when they may. */
export const letBind = async (cluster: Cluster, namespace: string, users: readonly string[]): Promise<void> => {
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        {
          ...ref("rbac.authorization.k8s.io/v1", "Role", "binders", namespace),
          rules: [{ apiGroups: [""], resources: [...doors], verbs: ["create"] }],
        },
        {
          ...ref("rbac.authorization.k8s.io/v1", "RoleBinding", "binders", namespace),
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "binders" },
          subjects: users.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
        },
      ],
    }),
  });
  if (code !== 0) throw new Error(stderr);
  for (const user of users)
    for (const resource of doors) await untilMay(cluster, user, { namespace, verb: "create", resource });
};

/** Resolves when the API server heeds a role: it hears of it some moments after it stands. */
export const untilMay = async (
  cluster: Cluster,
  user: string,
  { resource, ...rest }: Readonly<Record<"verb" | "resource", string>> & Readonly<Record<string, string>>,
): Promise<void> => {
  const [name, subresource] = resource.split("/");
  const resourceAttributes = { resource: name, ...(subresource === undefined ? {} : { subresource }), ...rest };
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user, resourceAttributes },
  };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  await askUntil(
    () => must(cluster.admin.send({ method: "POST", path, body })),
    (answer) => field(answer, "status.allowed") === true,
    { describe: `${user} may ${rest.verb} ${resource}` },
  );
};
