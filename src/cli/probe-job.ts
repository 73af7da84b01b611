import type { KubeObject } from "../kube/kube-object.ts";
import type { Pod, PodSpec } from "../api/kubernetes.ts";
import { pin, type Pins } from "../placement/pin.ts";
import { probeScript, type Trial } from "./probe-script.ts";

/** By which probes are found again, whoever ran them. */
export const probeLabels = {
  "app.kubernetes.io/name": "domicile-probe",
  "app.kubernetes.io/managed-by": "domicile-cli",
};

/** The same as a selector. */
export const probeSelector = Object.entries(probeLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(",");

/** The annotation that says until when somebody may wait for a probe, as RFC 3339. */
export const probeExpires = "domicile.dev/probe-expires";

/** Seconds for which a Job that ended stays for its report to be read; then the cluster deletes it, whoever is still there. */
const keptSeconds = 60;

type Wanted = {
  readonly namespace: string;
  readonly image: string;
  readonly trial: Trial;
  /** On which nodes: those of a zone, a certain one, or any. */
  readonly where: Pins | { readonly node: string } | undefined;
  /** Milliseconds after which the cluster ends it, and now, since 1970. */
  readonly timeoutMs: number;
  readonly now: number;
};

/**
 * A Job of one pod that tries connections: as Pod Security's restricted level wants it, without a token, and short. A Job
 * and no bare pod, because the cluster ends and deletes a Job also when nobody is left who would.
 */
export const probeJob = ({ namespace, image, trial, where, timeoutMs, now }: Wanted): KubeObject => {
  const pod: Runs = {
    metadata: { labels: probeLabels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65532,
        runAsGroup: 65532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "probe",
          image,
          command: ["node", "-e", probeScript],
          args: [JSON.stringify(trial)],
          // A log holds both outputs of a container, and the report is to stand there alone.
          env: [{ name: "NODE_NO_WARNINGS", value: "1" }],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
        },
      ],
    },
  };
  return {
    metadata: {
      generateName: "domicile-probe-",
      namespace,
      labels: probeLabels,
      annotations: { [probeExpires]: new Date(now + timeoutMs + keptSeconds * 1000).toISOString() },
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(timeoutMs / 1000),
      ttlSecondsAfterFinished: keptSeconds,
      template: where === undefined ? pod : "node" in where ? onNode(pod, where.node) : pin(pod, where),
    },
  };
};

/** A pod's template whose containers nobody here reads. */
type Runs = Pod & {
  readonly spec: PodSpec & { readonly containers: readonly object[] } & Readonly<Record<string, unknown>>;
};

/** By the scheduler, so that taints and room on the node still count. */
const onNode = (pod: Pod, node: string): Pod => {
  const named = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [named] } };
  return { ...pod, spec: { ...pod.spec, affinity: { nodeAffinity: required } } };
};
