import { join } from "node:path";
import type { Cluster } from "./cluster.ts";
import type { Output } from "./spawned.ts";
import { output } from "./spawned.ts";

/** What to install: `chart` is a folder (the project's own by default), `values` as in values.yaml, `flags` as helm takes them. */
export type ChartRelease = {
  readonly release: string;
  readonly namespace: string;
  readonly values?: unknown;
  readonly chart?: string;
  readonly flags?: readonly string[];
  readonly by?: HelmName;
};

/** Which Helm: 4 and 3. */
export const helms = ["helm", "helm3"] as const;
export type HelmName = (typeof helms)[number];

type Installed = Pick<ChartRelease, "release" | "namespace" | "flags" | "by">;

const ours = join(import.meta.dirname, "..", "..", "charts", "domicile");

/** Runs the real Helm as the administrator. */
export const helm = (
  cluster: Cluster,
  args: readonly string[],
  stdin?: string,
  by: HelmName = "helm",
): Promise<Output> => {
  const { session } = cluster;
  const env = { PATH: process.env["PATH"], HOME: join(session.folder, by), KUBECONFIG: session.kubeconfig };
  return output(session.programs[by] ?? by, args, { env, ...(stdin === undefined ? {} : { stdin }) });
};

/** `helm install`, the namespace made when missing; the outcome is the caller's to judge. */
export const installChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["install", "--create-namespace"], wanted);

export const upgradeChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["upgrade"], wanted);

/** Renders without a cluster: stdout is the manifests. */
export const templateChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["template"], wanted);

export const uninstallChart = (cluster: Cluster, wanted: Installed): Promise<Output> =>
  onRelease(cluster, "uninstall", wanted);

/** Back to a revision, as Helm counts them from 1. */
export const rollbackChart = (cluster: Cluster, revision: number, wanted: Installed): Promise<Output> =>
  onRelease(cluster, "rollback", wanted, String(revision));

/** Runs what the chart calls its tests; with `--logs` among the flags their words are in stdout. */
export const testChart = (cluster: Cluster, wanted: Installed): Promise<Output> => onRelease(cluster, "test", wanted);

const onRelease = (
  cluster: Cluster,
  verb: string,
  { release, namespace, flags = [], by }: Installed,
  ...more: readonly string[]
): Promise<Output> => helm(cluster, [verb, release, ...more, "--namespace", namespace, ...flags], undefined, by);

const withChart = (
  cluster: Cluster,
  verb: readonly string[],
  { release, namespace, values = {}, chart = ours, flags = [], by }: ChartRelease,
): Promise<Output> => {
  const args = [...verb, release, chart, "--namespace", namespace, "--values", "-", ...flags];
  return helm(cluster, args, JSON.stringify(values), by);
};
