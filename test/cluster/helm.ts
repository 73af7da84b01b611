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
};

const ours = join(import.meta.dirname, "..", "..", "charts", "domicile");

/** Runs the real Helm as the administrator. */
export const helm = (cluster: Cluster, args: readonly string[], stdin?: string): Promise<Output> => {
  const { session } = cluster;
  const env = { PATH: process.env["PATH"], HOME: join(session.folder, "helm"), KUBECONFIG: session.kubeconfig };
  return output(session.programs.helm ?? "helm", args, { env, ...(stdin === undefined ? {} : { stdin }) });
};

/** `helm install`, the namespace made when missing; the outcome is the caller's to judge. */
export const installChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["install", "--create-namespace"], wanted);

export const upgradeChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["upgrade"], wanted);

/** Renders without a cluster: stdout is the manifests. */
export const templateChart = (cluster: Cluster, wanted: ChartRelease): Promise<Output> =>
  withChart(cluster, ["template"], wanted);

export const uninstallChart = (cluster: Cluster, { release, namespace, flags = [] }: ChartRelease): Promise<Output> =>
  helm(cluster, ["uninstall", release, "--namespace", namespace, ...flags]);

const withChart = (
  cluster: Cluster,
  verb: readonly string[],
  { release, namespace, values = {}, chart = ours, flags = [] }: ChartRelease,
): Promise<Output> =>
  helm(cluster, [...verb, release, chart, "--namespace", namespace, "--values", "-", ...flags], JSON.stringify(values));
