import type { Client } from "../cluster/client.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { podOf } from "../e2e/resources.ts";
import { control, inside, legacy, nodeLabel, outside, web } from "./stage.ts";
import { startStream, type Ask, type Stream } from "./stream.ts";

const bare = { app: "bare" };
const pinned = { nodeSelector: { [nodeLabel]: "verified" } };

const bareOf = (name: string, namespace: string, spec: object = {}): Manifest => {
  const pod = podOf(name, namespace, spec);
  return { ...pod, metadata: { name, namespace, labels: bare } };
};

const jobOf = (name: string, namespace: string): Manifest => ({
  ...ref("batch/v1", "Job", name, namespace),
  spec: {
    ttlSecondsAfterFinished: 2,
    template: { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "example/app" }] } },
  },
});

/** Milliseconds, and what was answered. */
const timed = async <T>(answer: Promise<T>): Promise<readonly [ms: number, answer: T]> => {
  const begun = performance.now();
  const answered = await answer;
  return [performance.now() - begun, answered];
};

/**
 * A pod outside, and beside it the same pod where no webhook of anybody may reach: the difference is what webhooks cost,
 * and not what the machine does, nor an API server that is still reading what admission needs.
 */
const comparedPod =
  (admin: Client): Ask =>
  async (number) => {
    const [[ms, answer], [controlMs]] = await Promise.all([
      timed(admin.create(bareOf(`bare-${number}`, outside))),
      timed(admin.create(bareOf(`bare-${number}`, control))),
    ]);
    return { ...answer, heldUpMs: ms - controlMs };
  };

const scale =
  (admin: Client, namespace: string, high: number): Ask =>
  (number) =>
    admin.patch(web(namespace), { spec: { replicas: number % 2 === 0 ? high : 0 } });

/** Deletes the bare pods of a namespace, or what a field selector chooses of them. */
export const clear = (admin: Client, namespace: string, fieldSelector = ""): Promise<Answer<unknown>> =>
  admin.send({
    method: "DELETE",
    path: `/api/v1/namespaces/${namespace}/pods`,
    query: { labelSelector: "app=bare", fieldSelector },
    body: { apiVersion: "v1", kind: "DeleteOptions", gracePeriodSeconds: 0 },
  });

const running = "status.phase=Running";

/** Deleting many pods takes as long as it takes: nothing waits for it. */
export const clearing = "clearing";

/** Pods that need no call of ours, whoever makes them. */
export const needsNobody = ["pinned pods", "scaling what is pinned", "scaling what is not", "Jobs"] as const;

/**
 * Five pods a second at rate 1: one bare and one pinned one in the zone and one outside, one every other second from
 * each of three Deployments that scale up and down, and the rest from Jobs. Five dry runs a second on top, so that few
 * failed calls go unseen: they are judged like any pod, and burden nobody but the API server and Domicile.
 */
export const startTraffic = (admin: Client, rate: number, signal: AbortSignal): readonly Stream[] => {
  const at = (everyMs: number, name: string, isInside: boolean, ask: Ask): Stream =>
    startStream({ name, inside: isInside, everyMs: everyMs / rate, ask }, signal);
  return [
    at(200, "bare pods, dry", true, (n) => admin.create(bareOf(`dry-${n}`, inside), { dryRun: true })),
    at(1_000, "bare pods", true, (n) => admin.create(bareOf(`bare-${n}`, inside))),
    at(1_000, needsNobody[0], true, (n) => admin.create(bareOf(`pinned-${n}`, inside, pinned))),
    at(2_000, needsNobody[1], true, scale(admin, inside, 2)),
    at(2_000, needsNobody[2], true, scale(admin, legacy, 2)),
    at(4_000, needsNobody[3], true, (n) => admin.create(jobOf(`job-${n}`, inside))),
    at(4_000, clearing, true, () => clear(admin, inside, running)),
    at(1_000, "bare pods", false, comparedPod(admin)),
    at(2_000, "scaling", false, scale(admin, outside, 2)),
    at(4_000, "Jobs", false, (n) => admin.create(jobOf(`job-${n}`, outside))),
    at(4_000, clearing, false, () => clear(admin, outside, running)),
    at(4_000, clearing, false, () => clear(admin, control, running)),
  ];
};
