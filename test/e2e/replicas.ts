import { request } from "undici";
import type { Cluster } from "../cluster/cluster.ts";
import { condition, field, type KubeObject } from "../cluster/objects.ts";
import { home } from "./domicile.ts";

/** One replica of Domicile. */
export type Replica = { readonly name: string; readonly ip: string };

const pods = { apiVersion: "v1", kind: "Pod" } as const;
const opsPort = 8080;

/** The replicas that are ready. */
export const readyReplicas = async (cluster: Cluster): Promise<readonly Replica[]> => {
  const { body } = await cluster.admin.list(pods, { namespace: home });
  return body.items
    .filter((pod) => condition(pod, "Ready") === "True" && pod.metadata.deletionTimestamp === undefined)
    .map((pod) => ({ name: pod.metadata.name ?? "", ip: String(field(pod, "status.podIP")) }));
};

/** Asks a replica's plain HTTP server. */
export const askReplica = async (
  { ip }: Replica,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await request(`http://${ip}:${opsPort}${path}`);
  return { status: answer.statusCode, text: await answer.body.text() };
};

/** The name of the replica that holds the lease; waits until one does that is not `other`. */
export const untilLeader = async (cluster: Cluster, other?: string): Promise<string> => {
  const [lease] = await cluster.admin.untilList<KubeObject>(
    { apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
    ([found]) => holderOf(found) !== "" && holderOf(found) !== other,
    { namespace: home, describe: other === undefined ? "a replica leads" : `a replica that is not ${other} leads` },
  );
  return holderOf(lease);
};

const holderOf = (lease: KubeObject | undefined): string => String(field(lease, "spec.holderIdentity") ?? "");

/** What the leading replica measures, as text. */
export const leaderMetrics = async (cluster: Cluster): Promise<string> => {
  const leader = await untilLeader(cluster);
  const replica = (await readyReplicas(cluster)).find(({ name }) => name === leader);
  if (replica === undefined) throw new Error(`replica ${leader} holds the lease and is not ready`);
  return (await askReplica(replica, "/metrics")).text;
};

/** The sum of a metric's samples that bear these labels; 0 where there are none. */
export const sample = (text: string, metric: string, labels: Readonly<Record<string, string>> = {}): number =>
  text
    .split("\n")
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
