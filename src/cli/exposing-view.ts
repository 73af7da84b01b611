import { routeKinds, routeVersions } from "../api/route-kinds.ts";
import { projectExposing } from "../egress/exposing-facts.ts";
import { resources } from "../kube/resources.ts";
import type { ExposingFacts, PodFacts } from "../zone/facts.ts";
import type { Lists } from "../zone/listed.ts";
import { projectPod } from "../zone/pod-facts.ts";
import type { Cluster } from "./cluster.ts";

/** What a user must be allowed to see what leads into zones and out of them. */
export const exposingReads =
  "in the zones' namespaces list services, ingresses.networking.k8s.io and endpointslices.discovery.k8s.io, and where endpoints were written by hand pods; where the cluster has them, all kinds of gateway.networking.k8s.io that are judged and serviceexports.multicluster.x-k8s.io";

/** Reads what may lead into zones or out of them, in these namespaces. */
export const readExposing = async (cluster: Cluster, namespaces: readonly string[]): Promise<Lists> => {
  const exposing: ExposingFacts[] = [];
  const pods: PodFacts[] = [];
  for (const namespace of namespaces) {
    const { services, ingresses, endpointSlices } = resources;
    for (const resource of [services, ingresses])
      exposing.push(...(await cluster.list(resource, projectExposing(resource), { namespace })));
    exposing.push(
      ...(await cluster.list(endpointSlices, projectExposing(endpointSlices), { namespace, labelSelector: byHand })),
    );
  }
  for (const kind of routeKinds) exposing.push(...(await ofAnyVersion(cluster, kind)));
  // Endpoints may be any pod's of the zone, and whose addresses these are only pods say.
  if (exposing.some(({ kind }) => kind === "EndpointSlice"))
    for (const namespace of namespaces) pods.push(...(await cluster.list(resources.pods, projectPod, { namespace })));
  return { exposing, pods };
};

/** What Kubernetes makes of selectors leads to pods of the namespace. */
const byHand = "endpointslice.kubernetes.io/managed-by!=endpointslice-controller.k8s.io";

/** Objects are the same in every version that is served, so the first that has any tells of all. */
const ofAnyVersion = async (cluster: Cluster, kind: (typeof routeKinds)[number]): Promise<readonly ExposingFacts[]> => {
  for (const version of routeVersions) {
    const resource = { ...kind, version, namespaced: true };
    const found = await cluster.listServed(resource, projectExposing(resource));
    if (found.length > 0) return found;
  }
  return [];
};
