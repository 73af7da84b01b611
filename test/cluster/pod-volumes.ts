import type { V1KeyToPath, V1Pod, V1Volume, V1VolumeProjection } from "@kubernetes/client-node";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { must } from "./client.ts";
import type { Client } from "./client.ts";
import { ref } from "./objects.ts";
import type { EnvSource } from "./pod-env.ts";
import { fieldValue } from "./pod-env.ts";

/** Writes a pod's volumes as folders below `root`, one per volume; called again, it refreshes tokens and contents in place. */
export const writeVolumes = async (source: EnvSource, root: string): Promise<void> => {
  for (const volume of source.pod.spec?.volumes ?? []) {
    const folder = join(root, volume.name);
    await mkdir(folder, { recursive: true });
    for (const [path, content] of await contents(volume, source)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
  }
};

type Files = readonly (readonly [path: string, content: string | Buffer])[];

const contents = async (volume: V1Volume, source: EnvSource): Promise<Files> => {
  const { secret, configMap, emptyDir, projected, downwardAPI } = volume;
  if (emptyDir) return [];
  if (secret) return keyed("Secret", secret.secretName ?? "", secret.items, secret.optional, source);
  if (configMap) return keyed("ConfigMap", configMap.name ?? "", configMap.items, configMap.optional, source);
  if (downwardAPI) return downward(downwardAPI.items, source);
  if (projected) return (await Promise.all((projected.sources ?? []).map((each) => projection(each, source)))).flat();
  throw new Error(`volume ${volume.name} is of a kind the harness kubelet does not mount`);
};

const projection = async (each: V1VolumeProjection, source: EnvSource): Promise<Files> => {
  const { secret, configMap, downwardAPI, serviceAccountToken } = each;
  if (secret) return keyed("Secret", secret.name ?? "", secret.items, secret.optional, source);
  if (configMap) return keyed("ConfigMap", configMap.name ?? "", configMap.items, configMap.optional, source);
  if (downwardAPI) return downward(downwardAPI.items, source);
  if (serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = serviceAccountToken;
    return [[path, await token(source.reader, source.pod, audience, expirationSeconds)]];
  }
  return [];
};

const downward = (
  items: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[] = [],
  source: EnvSource,
): Files => items.map(({ path, fieldRef }) => [path, fieldValue(fieldRef?.fieldPath ?? "", source)]);

const keyed = async (
  kind: "Secret" | "ConfigMap",
  name: string,
  items: readonly V1KeyToPath[] | undefined,
  optional: boolean | undefined,
  { pod, reader }: EnvSource,
): Promise<Files> => {
  const answer = await reader.get<Keyed>(ref("v1", kind, name, pod.metadata?.namespace));
  if (answer.status === 404 && optional) return [];
  const { data = {}, binaryData = {} } = await must(Promise.resolve(answer));
  const encoded = kind === "Secret" ? data : binaryData;
  const plain = kind === "Secret" ? {} : data;
  const all: Files = [
    ...Object.entries(plain),
    ...Object.entries(encoded).map(([key, value]) => [key, Buffer.from(value, "base64")] as const),
  ];
  if (!items) return all;
  return items.flatMap(({ key, path }) =>
    all.filter(([each]) => each === key).map(([, content]) => [path, content] as const),
  );
};

type Keyed = {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
};

/** A token bound to the pod, asked for as the node, which may do so only for pods bound to it. */
const token = async (
  node: Client,
  pod: V1Pod,
  audience: string | undefined,
  expirationSeconds: number,
): Promise<string> => {
  const { name = "", namespace = "", uid } = pod.metadata ?? {};
  const answer = await must(
    node.send<{ readonly status: { readonly token: string } }>({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec?.serviceAccountName ?? "default"}/token`,
      body: {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          expirationSeconds,
          ...(audience === undefined ? {} : { audiences: [audience] }),
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      },
    }),
  );
  return answer.status.token;
};
