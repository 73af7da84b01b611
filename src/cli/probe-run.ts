import { resources } from "../kube/resources.ts";
import { field, items, text } from "../zone/json.ts";
import { metadataOf } from "../zone/metadata.ts";
import type { Cluster } from "./cluster.ts";
import { probeExpires, probeJob, probeSelector } from "./probe-job.ts";
import { projectProbePod, type ProbePod } from "./probe-pod.ts";
import type { Tried } from "./probe-script.ts";
import type { Probed } from "./probe-verdict.ts";
import { Stop } from "./stop.ts";

/** Runs one probe and gives what each of its targets met, in their order. Its Job is deleted whatever comes. */
export const runProbe = async (
  { work }: Cluster,
  wanted: Parameters<typeof probeJob>[0],
  signal: AbortSignal,
): Promise<Probed<readonly Tried[]>> => {
  const { namespace } = wanted;
  signal.throwIfAborted();
  const made = metadataOf(await work.create(resources.jobs, probeJob(wanted)));
  if (made === undefined) throw new Error("a Job was made without a name");
  try {
    const pod = await follow(work, { namespace, job: made.name }, signal);
    if (pod.at !== "done")
      throw new Stop(
        "unanswered",
        `pod ${namespace}/${pod.name} did not probe: ${pod.why}; the image (${wanted.image}) needs node, and namespace ${namespace} the right to pull it: give another by --image.`,
      );
    const met = readReport(await work.printed({ namespace, name: pod.name }), wanted.trial.targets.length);
    if (met === undefined)
      throw new Stop(
        "unanswered",
        `pod ${namespace}/${pod.name} printed no report; is ${wanted.image} an image with node?`,
      );
    return { pod: `${namespace}/${pod.name}`, node: pod.node, met };
  } finally {
    await work.remove(resources.jobs, { namespace, name: made.name });
  }
};

const follow = async (
  work: Cluster["work"],
  { namespace, job }: { readonly namespace: string; readonly job: string },
  signal: AbortSignal,
): Promise<ProbePod> => {
  let last: ProbePod | undefined;
  const selection = { namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` };
  const find = (pods: readonly ProbePod[]): ProbePod | undefined => {
    last = pods[0] ?? last;
    return pods.find(({ at }) => at !== "waiting");
  };
  try {
    return await work.until(resources.pods, projectProbePod, selection, find, signal);
  } catch (problem) {
    if (!(problem instanceof DOMException && problem.name === "TimeoutError")) throw problem;
    const why =
      last === undefined
        ? `Job ${namespace}/${job} made no pod, as a quota or admission may have it (kubectl get events -n ${namespace})`
        : `pod ${namespace}/${last.name} did not end${last.at === "waiting" ? `: ${last.why}` : ""}`;
    throw new Stop("unanswered", `${why}; nothing is known, and what was made is deleted. --timeout waits longer.`, {
      cause: problem,
    });
  }
};

const readReport = (printed: unknown, targets: number): readonly Tried[] | undefined => {
  const all = items(field(printed, "targets")).flatMap((one): readonly Tried[] => {
    const [tries, opened, lastOpenMs] = ["tries", "opened", "lastOpenMs"].map((name) => field(one, name));
    const last = text(field(one, "last"));
    if (typeof tries !== "number" || typeof opened !== "number" || last === undefined || tries < 1) return [];
    return [{ tries, opened, last, ...(typeof lastOpenMs === "number" ? { lastOpenMs } : {}) }];
  });
  return all.length === targets ? all : undefined;
};

/** Deletes probes that somebody left in a namespace: whoever ran them reads nothing of them any more. */
export const removeLeftovers = async ({ list, work }: Cluster, namespace: string, now: number): Promise<void> => {
  const left = await list(resources.jobs, (raw) => leftBehind(raw, now), { namespace, labelSelector: probeSelector });
  for (const name of left) await work.remove(resources.jobs, { namespace, name });
};

/** The name of a probe's Job whose time is over; undefined for any other. `now` is milliseconds since 1970. */
export const leftBehind = (raw: unknown, now: number): string | undefined => {
  const expires = text(field(field(field(raw, "metadata"), "annotations"), probeExpires));
  return expires !== undefined && Date.parse(expires) < now ? metadataOf(raw)?.name : undefined;
};
