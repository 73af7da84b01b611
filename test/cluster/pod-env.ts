import type { V1Container, V1EnvVar, V1Pod } from "@kubernetes/client-node";
import { apiServerAddress, apiServerPort } from "./addresses.ts";
import { must } from "./client.ts";
import type { Client } from "./client.ts";
import { field, ref } from "./objects.ts";

/** What a container's variables may refer to. */
export type EnvSource = {
  readonly pod: V1Pod;
  readonly podIP: string;
  readonly hostIP: string;
  readonly reader: Client;
};

/** A container's environment and nothing of ours: its own variables, and what a kubelet adds. */
export const containerEnv = async (
  container: V1Container,
  source: EnvSource,
): Promise<Readonly<Record<string, string>>> => {
  const env: Record<string, string> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
    HOSTNAME: source.pod.metadata?.name ?? "",
    // There is no kube-proxy, so the Service's own address does not answer.
    KUBERNETES_SERVICE_HOST: apiServerAddress,
    KUBERNETES_SERVICE_PORT: String(apiServerPort),
    KUBERNETES_SERVICE_PORT_HTTPS: String(apiServerPort),
  };
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, source);
    if (value !== undefined) env[variable.name] = expand(value, env);
  }
  return env;
};

/** Replaces $(NAME) by variables that exist, as a kubelet does in args and values. */
export const expand = (text: string, env: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g, (whole, name: string) => env[name] ?? whole);

const valueOf = async ({ value, valueFrom }: V1EnvVar, source: EnvSource): Promise<string | undefined> => {
  if (!valueFrom) return value ?? "";
  if (valueFrom.fieldRef) return fieldValue(valueFrom.fieldRef.fieldPath, source);
  const keyed = valueFrom.secretKeyRef ?? valueFrom.configMapKeyRef;
  if (!keyed) return undefined;
  const kind = valueFrom.secretKeyRef ? "Secret" : "ConfigMap";
  const target = ref("v1", kind, keyed.name ?? "", source.pod.metadata?.namespace);
  const answer = await source.reader.get<{ readonly data?: Readonly<Record<string, string>> }>(target);
  const found = answer.ok ? answer.body.data?.[keyed.key] : undefined;
  if (found === undefined && !keyed.optional) {
    await must(Promise.resolve(answer));
    throw new Error(`${kind} ${keyed.name} has no key ${keyed.key}`);
  }
  return found !== undefined && kind === "Secret" ? Buffer.from(found, "base64").toString() : found;
};

/** The value of a downward API path; "" for what the pod does not have. */
export const fieldValue = (path: string, { pod, podIP, hostIP }: Omit<EnvSource, "reader">): string => {
  if (path === "status.podIP" || path === "status.podIPs") return podIP;
  if (path === "status.hostIP" || path === "status.hostIPs") return hostIP;
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed) return pod.metadata?.[keyed[1] === "labels" ? "labels" : "annotations"]?.[keyed[2] ?? ""] ?? "";
  const value = field(pod, path);
  return typeof value === "string" ? value : "";
};
