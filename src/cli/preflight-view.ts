import { podSecurityLabel, zoneLabel } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { workloadKinds } from "../placement/template.ts";
import { apiServerFacts, projectApiServerService, projectApiServerSlice } from "../zone/api-server-facts.ts";
import type { Lists } from "../zone/listed.ts";
import { projectNamespace } from "../zone/namespace-facts.ts";
import { text, field } from "../zone/json.ts";
import { atLeastBaseline } from "../zone/pod-security.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { projectZone } from "../zone/zone-record.ts";
import { readAttested } from "./attested.ts";
import type { Cluster } from "./cluster.ts";
import { readAround } from "./around.ts";
import { projectRunningPod, projectRunningWorkload, type RunningPod, type RunningWorkload } from "./running.ts";
import { projectSeenNode, type SeenNode } from "./seen-node.ts";
import { noSuchZone } from "./zone-argument.ts";
import { resourceOf } from "./target.ts";

/** Everything that is read before a zone enforces. */
export type PreflightView = {
  readonly zone: ZoneRecord;
  readonly lists: Lists;
  readonly nodes: readonly SeenNode[];
  readonly pods: readonly RunningPod[];
  readonly workloads: readonly RunningWorkload[];
  readonly networkPolicies: readonly NamedPolicy[];
  /** What Pod Security says against the pods of namespaces that are to bear a stricter level, where it could be asked. */
  readonly podSecurity: ReadonlyMap<string, readonly string[]>;
};

/** A NetworkPolicy of whoever. */
export type NamedPolicy = { readonly namespace: string; readonly name: string };

/** Reads a zone with all its namespaces hold, and what its policies depend on. */
export const readPreflight = async (cluster: Cluster, name: string): Promise<PreflightView> => {
  const zones = await cluster.list(resources.residencyZones, projectZone);
  const zone = zones.find((record) => record.name === name);
  if (zone === undefined) throw noSuchZone(name);
  const namespaces = await cluster.list(resources.namespaces, projectNamespace, {
    labelSelector: `${zoneLabel}=${name}`,
  });
  const nodes = await cluster.list(resources.nodes, projectSeenNode(name));
  const pods: RunningPod[] = [];
  const workloads: RunningWorkload[] = [];
  const networkPolicies: NamedPolicy[] = [];
  const podSecurity = new Map<string, readonly string[]>();
  for (const { name: namespace, podSecurity: level } of namespaces) {
    pods.push(...(await cluster.list(resources.pods, projectRunningPod, { namespace })));
    for (const kind of workloadKinds)
      workloads.push(...(await cluster.list(resourceOf[kind], projectRunningWorkload(kind), { namespace })));
    networkPolicies.push(...(await cluster.list(resources.networkPolicies, projectName, { namespace })));
    const wanted = atLeastBaseline(level);
    const said = level === wanted ? undefined : await cluster.tryLabel(namespace, podSecurityLabel, wanted);
    if (said !== undefined) podSecurity.set(namespace, said);
  }
  const facts = nodes.map((node) => node.facts);
  const lists: Lists = {
    ...(await readAttested(cluster, zone)),
    zones,
    namespaces,
    nodes: facts,
    pods: pods.map((pod) => pod.facts),
    ...(await readAround(cluster, facts)),
    apiServer: await readApiServer(cluster, zone),
  };
  return { zone, lists, nodes, pods, workloads, networkPolicies, podSecurity };
};

/** Only a zone that allows it depends on where the API server is. */
const readApiServer = async (cluster: Cluster, { parsed }: ZoneRecord): Promise<Lists["apiServer"]> => {
  if (!parsed.ok || parsed.value.egress.apiServer !== "Allow") return undefined;
  const slices = await cluster.list(resources.endpointSlices, projectApiServerSlice, {
    namespace: "default",
    labelSelector: "kubernetes.io/service-name=kubernetes",
  });
  const services = await cluster.list(resources.services, projectApiServerService, {
    namespace: "default",
    fieldSelector: "metadata.name=kubernetes",
  });
  return apiServerFacts(slices, services);
};

const projectName = (raw: unknown): NamedPolicy | undefined => {
  const metadata = field(raw, "metadata");
  const [namespace, name] = [text(field(metadata, "namespace")), text(field(metadata, "name"))];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
};
