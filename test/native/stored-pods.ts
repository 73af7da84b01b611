import { must, type Client } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import type { Request } from "./random-pods.ts";

/** Namespaces by name, with the zone that the label names and the zone they are sealed for. */
export type Namespaces = Readonly<Record<string, readonly [zone?: string, sealed?: string]>>;

/** The labels of one of them. */
export const labelsOf = ([zone, sealed]: Namespaces[string]): Readonly<Record<string, string>> => ({
  ...(zone === undefined ? {} : { "domicile.dev/zone": zone }),
  ...(sealed === undefined ? {} : { "domicile.dev/sealed": sealed }),
});

/** A pod of one container with what a request says of it. */
export const podOf = (namespace: string, name: string, { metadata, spec }: Partial<Request["pod"]>): KubeObject =>
  ({
    ...ref("v1", "Pod", name, namespace),
    metadata: { ...metadata, name, namespace },
    spec: { ...spec, containers: [{ name: "main", image: "example/app" }] },
  }) as KubeObject;

/** Makes the namespaces and in each a gated pod and a plain one, onto which requests may be made; as namespace/kind. */
export const storePods = async (admin: Client, namespaces: Namespaces): Promise<ReadonlyMap<string, KubeObject>> => {
  const stored = new Map<string, KubeObject>();
  for (const [name, zones] of Object.entries(namespaces)) {
    await must(admin.create({ ...ref("v1", "Namespace", name), metadata: { name, labels: labelsOf(zones) } }));
    await admin.until(ref("v1", "ServiceAccount", "default", name), () => true, {
      describe: `${name} has its service account`,
    });
    const gated = { spec: { schedulingGates: [{ name: "example.com/wait" }] } };
    for (const [kind, pod] of Object.entries({ gated, plain: { spec: { schedulerName: "nobody" } } }))
      stored.set(`${name}/${kind}`, await must(admin.create(podOf(name, kind, pod))));
  }
  return stored;
};

/** Takes the namespaces away with all that is in them. */
export const removeNamespaces = async (admin: Client, namespaces: Namespaces): Promise<void> => {
  const names = Object.keys(namespaces);
  for (const name of names) await admin.delete(ref("v1", "Namespace", name));
  for (const name of names)
    await admin.untilGone(ref("v1", "Namespace", name), { describe: `namespace ${name} is gone` });
};

/** The pod that a request sends: a new one, or a stored one changed in what the API server lets change. */
export const sentBy = ({ namespace, onto, pod }: Request, stored: ReadonlyMap<string, KubeObject>): KubeObject => {
  const old = stored.get(`${namespace}/${onto}`);
  if (old === undefined) return podOf(namespace, "random", pod);
  const { schedulingGates: _gates, ...spec } = (old.spec ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...old,
    metadata: { ...old.metadata, annotations: { ...old.metadata.annotations, ...pod.metadata?.annotations } },
    spec: { ...spec, ...(onto === "plain" ? {} : pod.spec) },
  };
};
