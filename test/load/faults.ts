import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { home } from "../e2e/domicile.ts";
import { readyReplicas, untilLeader } from "../e2e/replicas.ts";
import type { Stage } from "./stage.ts";

/** Nothing here is a promise about speed: replicas start slowly where the load leaves them no processor. */
const deadlineMs = 240_000;

/** Something that breaks; it resolves when what it broke stands again. */
export type Fault = { readonly name: string; readonly strike: (stage: Stage) => Promise<void> };

const pods = { apiVersion: "v1", kind: "Pod" } as const;
const isReady = (pod: KubeObject): boolean => condition(pod, "Ready") === "True";
const restartsOf = (pod: KubeObject): number => Number(field(pod, "status.containerStatuses.0.restartCount"));

/** SIGKILL to a replica's process, and until it is ready again. */
const kill = async ({ cluster, home: kubelet }: Stage, name: string): Promise<void> => {
  const target = ref("v1", "Pod", name, home);
  const before = restartsOf(await must(cluster.admin.get(target)));
  kubelet.kill({ name, namespace: home }, "SIGKILL");
  await cluster.admin.until(target, (now: KubeObject) => restartsOf(now) > before && isReady(now), {
    describe: `replica ${name} is back`,
    deadlineMs,
  });
};

const roll = async ({ cluster }: Stage): Promise<void> => {
  const old = new Set((await readyReplicas(cluster)).map(({ name }) => name));
  const { code, stderr } = await cluster.kubectl(["rollout", "restart", "deployment/domicile", "-n", home]);
  if (code !== 0) throw new Error(stderr);
  await cluster.admin.untilList<KubeObject>(
    pods,
    (now) => now.length === 2 && now.every((pod) => isReady(pod) && !old.has(pod.metadata.name ?? "")),
    { namespace: home, describe: "two new replicas, and no old one", deadlineMs },
  );
};

const configuration = (kind: string) => ref("admissionregistration.k8s.io/v1", kind, "domicile");
const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;
const decoded = (value: unknown): string => Buffer.from(String(value ?? ""), "base64").toString();

/** Takes the Secret away, and until both configurations trust what is in the new one. */
const rotate = async ({ cluster }: Stage): Promise<void> => {
  const secret = ref("v1", "Secret", "domicile-webhook-tls", home);
  const { metadata } = await must(cluster.admin.get(secret));
  await must(cluster.admin.delete(secret));
  const made = await cluster.admin.until<KubeObject>(secret, (now) => now.metadata.uid !== metadata.uid, {
    describe: "a replica makes the Secret anew",
  });
  const authority = decoded((made["data"] as Readonly<Record<string, unknown>>)["ca.crt"]).trim();
  const trusts = (entry: unknown): boolean => decoded(field(entry, "clientConfig.caBundle")).includes(authority);
  for (const kind of kinds)
    await cluster.admin.until<KubeObject>(
      configuration(kind),
      (now) => ((now["webhooks"] ?? []) as readonly unknown[]).every(trusts),
      { describe: `${kind} trusts the new authority` },
    );
  await untilBothReady(cluster);
};

const untilBothReady = (cluster: Cluster): Promise<unknown> =>
  cluster.admin.untilList<KubeObject>(pods, (now) => now.length === 2 && now.every(isReady), {
    namespace: home,
    describe: "both replicas are ready",
    deadlineMs,
  });

/** Both at once: then native policy alone judges pods. */
const unregister = async ({ cluster }: Stage): Promise<void> => {
  const before = await Promise.all(kinds.map((kind) => must(cluster.admin.get(configuration(kind)))));
  await Promise.all(kinds.map((kind) => must(cluster.admin.delete(configuration(kind)))));
  for (const { kind, metadata } of before)
    await cluster.admin.until<KubeObject>(configuration(kind), (now) => now.metadata.uid !== metadata.uid, {
      describe: `${kind} is made anew`,
    });
};

const restartApiServer = async ({ cluster }: Stage): Promise<void> => {
  await cluster.component("kube-apiserver", "kill");
  await cluster.component("kube-apiserver", "start");
  await untilBothReady(cluster);
};

export const apiServerFault = "the API server is killed and started";

/** In the order in which they strike. */
export const faults: readonly Fault[] = [
  { name: "nothing", strike: async () => {} },
  { name: "the leader is killed", strike: async (stage) => kill(stage, await untilLeader(stage.cluster)) },
  {
    name: "each replica is killed in turn",
    strike: async (stage) => {
      for (const { name } of await readyReplicas(stage.cluster)) await kill(stage, name);
    },
  },
  { name: "the Deployment is rolled", strike: roll },
  { name: "the certificate is rotated", strike: rotate },
  { name: apiServerFault, strike: restartApiServer },
  { name: "the webhook configurations are deleted", strike: unregister },
];
