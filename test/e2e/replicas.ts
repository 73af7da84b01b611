import { Agent, request } from "undici";
import { paths } from "../../src/admission/paths.ts";
import { askUntil } from "../cluster/asking.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { condition, field, type KubeObject } from "../cluster/objects.ts";
import { home } from "./home.ts";

/** One replica of Domicile. */
export type Replica = { readonly name: string; readonly ip: string };

const pods = { apiVersion: "v1", kind: "Pod" } as const;
const opsPort = 8080;
const webhookPort = 8443;

const isReady = (pod: KubeObject): boolean =>
  condition(pod, "Ready") === "True" && pod.metadata.deletionTimestamp === undefined;
const replicaOf = (pod: KubeObject): Replica => ({
  name: pod.metadata.name ?? "",
  ip: String(field(pod, "status.podIP")),
});

/** The replicas that are ready. */
export const readyReplicas = async (cluster: Cluster): Promise<readonly Replica[]> => {
  const { body } = await cluster.admin.list(pods, { namespace: home });
  return body.items.filter(isReady).map(replicaOf);
};

/** Resolves when this many replicas are ready, and no other pod is left of an installation. */
export const untilReplicas = async (cluster: Cluster, count = 2): Promise<readonly Replica[]> => {
  const found = await cluster.admin.untilList<KubeObject>(pods, (all) => all.length === count && all.every(isReady), {
    namespace: home,
    describe: `${count} replicas are ready`,
    deadlineMs: 120_000,
  });
  return found.map(replicaOf);
};

/** Asks a replica's plain HTTP server. */
export const askReplica = async (
  { ip }: Replica,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> => {
  const answer = await request(`http://${ip}:${opsPort}${path}`);
  return { status: answer.statusCode, text: await answer.body.text() };
};

/** What one replica says to the creation of a pod. */
export type Said = { readonly allowed: boolean; readonly message: string };

/** What a replica's own webhook says, by what it has heard itself; undefined where it serves none. */
const askWebhook = async ({ ip }: Replica, pod: KubeObject): Promise<Said | undefined> => {
  const review = {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "asked-by-a-test",
      kind: { group: "", version: "v1", kind: "Pod" },
      resource: { group: "", version: "v1", resource: "pods" },
      operation: "CREATE",
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      userInfo: { username: "test", groups: ["system:authenticated"] },
      object: pod,
      dryRun: true,
    },
  };
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const answer = await request(`https://${ip}:${webhookPort}${paths.mutatePods}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(review),
      dispatcher,
    });
    const { response, message } = (await answer.body.json()) as {
      readonly response?: { readonly allowed: boolean; readonly status?: { readonly message?: string } };
      readonly message?: string;
    };
    return { allowed: response?.allowed === true, message: response?.status?.message ?? message ?? "" };
  } catch (problem) {
    if (problem instanceof Error && "code" in problem && problem.code === "ECONNREFUSED") return undefined;
    throw problem;
  } finally {
    await dispatcher.close();
  }
};

/** Resolves when every ready replica that serves webhooks says this of a pod: each hears of the cluster by itself. */
export const untilEachAnswers = async (
  cluster: Cluster,
  pod: KubeObject,
  holds: (said: Said) => boolean,
  describe: string,
): Promise<void> => {
  const ask = async () => Promise.all((await readyReplicas(cluster)).map((replica) => askWebhook(replica, pod)));
  await askUntil(ask, (all) => all.every((said) => said === undefined || holds(said)), { describe });
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

/** What the leading replica measures, as text; waits until who holds the lease says that it leads. */
export const leaderMetrics = async (cluster: Cluster): Promise<string> => {
  const measured = async (): Promise<string> => {
    const leader = await untilLeader(cluster);
    const replica = (await readyReplicas(cluster)).find(({ name }) => name === leader);
    return replica === undefined ? "" : (await askReplica(replica, "/metrics")).text;
  };
  return askUntil(measured, (text) => sample(text, "domicile_leader") === 1, { describe: "a ready replica leads" });
};

/** Labels of samples, and what they are to have. */
export type Labels = Readonly<Record<string, string>>;

/** Resolves when the leader's samples of a metric add up to what is wanted. */
export const untilMeasured = async (
  cluster: Cluster,
  metric: string,
  labels: Labels,
  wanted: number | ((value: number) => boolean),
): Promise<void> => {
  const holds = typeof wanted === "number" ? (value: number): boolean => value === wanted : wanted;
  const ask = async (): Promise<number> => sample(await leaderMetrics(cluster), metric, labels);
  const describe = `${metric}${JSON.stringify(labels)} is ${typeof wanted === "number" ? wanted : "as wanted"}`;
  await askUntil(ask, holds, { describe });
};

/** The sum of a metric's samples that bear these labels; 0 where there are none. */
export const sample = (text: string, metric: string, labels: Labels = {}): number =>
  text
    .split("\n")
    .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
    .filter((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
