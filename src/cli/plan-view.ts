import { projectPolicy } from "../zone/policy-facts.ts";
import { resources } from "../kube/resources.ts";
import type { PodFacts } from "../zone/facts.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { projectPod } from "../zone/pod-facts.ts";
import { planZones, type ZonePlan } from "../egress/zone-plan.ts";
import type { Cluster } from "./cluster.ts";
import { described, withManifests } from "./manifest-world.ts";
import type { Manifest } from "./manifests.ts";
import { apiServerNote, asFilesTell, networkOfFiles } from "./network-files.ts";
import { readNetwork } from "./network-view.ts";

/** What would become of each zone, and what a person should know of how it was found. */
export type PlanView = {
  readonly plans: readonly ZonePlan[];
  /** Pods of namespaces that a plan touches. */
  readonly pods: readonly PodFacts[];
  readonly notes: readonly string[];
  /** Zones that would open the API server, wherever it is. */
  readonly opensApiServer: readonly string[];
};

/** Plans manifests against a cluster. */
export const readPlan = async (cluster: Cluster, manifests: readonly Manifest[]): Promise<PlanView> => {
  const lists = await readNetwork(cluster, ({ name, zone }) => zone !== undefined || movesIn(manifests, name));
  const plans = planZones(listed(lists), listed(applied(lists, manifests)));
  const pods: PodFacts[] = [];
  for (const namespace of new Set(plans.flatMap(namespacesOf)))
    pods.push(...(await cluster.list(resources.pods, projectPod, { namespace })));
  return { plans, pods, notes: [], opensApiServer: [] };
};

/** Plans manifests against files that say what there is. */
export const planOfFiles = (before: readonly Manifest[], manifests: readonly Manifest[]): PlanView => {
  const { lists, apiServerLeftOut: known } = networkOfFiles(before);
  const after = applied(lists, manifests);
  const stripped = (after.zones ?? []).map(asFilesTell(lists));
  const touched = new Set(stripped.filter(({ leftOut }) => leftOut).map(({ zone }) => zone.name));
  const plans = planZones(listed(lists), listed({ ...after, zones: stripped.map(({ zone }) => zone) }));
  return {
    plans,
    pods: lists.pods ?? [],
    notes: [...new Set([...known, ...touched])].map(apiServerNote),
    opensApiServer: [...touched].filter((zone) => !known.includes(zone)),
  };
};

/** What there would be once the manifests were applied; nothing is deleted that no manifest speaks of. */
const applied = (lists: Lists, manifests: readonly Manifest[]): Lists => {
  const theirs = described(manifests)("networking.k8s.io", "NetworkPolicy", projectPolicy);
  const names = new Set(theirs.map(({ namespace, name }) => `${namespace}/${name}`));
  return {
    ...withManifests(lists, manifests, ({ zone }) => zone),
    policies: [
      ...(lists.policies ?? []).filter(({ namespace, name }) => !names.has(`${namespace}/${name}`)),
      ...theirs,
    ],
  };
};

const movesIn = (manifests: readonly Manifest[], name: string): boolean =>
  described(manifests)("", "Namespace", (object) => object).some(
    (object) => (object as { readonly metadata: { readonly name?: unknown } }).metadata.name === name,
  );

/** The namespaces that a plan touches. */
export const namespacesOf = ({ steps, joins, leaves, peers }: ZonePlan): readonly string[] => [
  ...new Set([
    ...steps.map((step) => (step.kind === "delete" ? step.namespace : step.policy.metadata.namespace)),
    ...peers,
    ...joins,
    ...leaves,
  ]),
];
