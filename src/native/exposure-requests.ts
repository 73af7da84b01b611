import { nodeLabelPrefix } from "../api/names.ts";
import { routeKinds } from "../api/route-kinds.ts";
import { backendAnnotations } from "../oci/balancer.ts";
import { differs, list, quote, valueOf } from "./cel.ts";
import type { MatchCondition, ResourceRule } from "./policy.ts";

const written = (group: string, versions: readonly string[], resources: readonly string[]): ResourceRule => ({
  apiGroups: [group],
  apiVersions: versions,
  resources,
  operations: ["CREATE", "UPDATE"],
  scope: "Namespaced",
});

/** Services, but none of their subresources: where a balancer answers is the cloud's to write. */
export const serviceRules: readonly ResourceRule[] = [written("", ["v1"], ["services"])];

/** What is behind Services. */
export const endpointRules: readonly ResourceRule[] = [
  written("", ["v1"], ["endpoints"]),
  written("discovery.k8s.io", ["v1"], ["endpointslices"]),
];

/** What lets others in by what it is. These are served in whatever versions a cluster's own definitions have. */
export const routeRules: readonly ResourceRule[] = [
  written("networking.k8s.io", ["v1"], ["ingresses"]),
  ...[...Map.groupBy(routeKinds, ({ group }) => group)].map(([group, kinds]) =>
    written(
      group,
      ["*"],
      kinds.map(({ plural }) => plural),
    ),
  ),
];

/** False for the API server itself, which writes default/kubernetes whatever zone `default` is in. */
export const notTheApiServer: MatchCondition = {
  name: "not-the-api-server",
  expression: "request.userInfo.username != 'system:apiserver'",
};

/** An object's annotations, which it may have none of; `object` is an expression. */
export const annotations = (object: string): string =>
  `(has(${object}.metadata.annotations) ? ${object}.metadata.annotations : {})`;
const labels = (object: string): string => `(has(${object}.metadata.labels) ? ${object}.metadata.labels : {})`;

const changed = (expression: string): MatchCondition => ({
  name: "changes-exposure",
  expression: `request.operation == 'CREATE' || ${expression}`,
});

/** What of a Service leads somewhere, in CEL: its type, its own addresses, and that it selects nothing. */
export const serviceIs = {
  type: (...types: readonly string[]): string => `(has(object.spec.type) && object.spec.type in ${list(types)})`,
  atOwnAddresses: "(has(object.spec.externalIPs) && object.spec.externalIPs.size() > 0)",
  withoutSelector: "(!has(object.spec.selector) || object.spec.selector.size() == 0)",
};

/** A Service that is no plain one: most are, and need no call. */
const exposes: MatchCondition = {
  name: "is-no-plain-service",
  expression: `!${serviceIs.type("ClusterIP")} || ${serviceIs.atOwnAddresses} || ${serviceIs.withoutSelector}`,
};

/** What may lead somewhere is judged when that changes, or what a balancer sends to. An old one may be labelled, and loses its finalizers. */
export const changesExposure: MatchCondition = changed(
  [
    differs("spec"),
    ...backendAnnotations.map(
      (key) => `${valueOf(annotations("object"), key)} != ${valueOf(annotations("oldObject"), key)}`,
    ),
  ].join(" || "),
);

/** Services that lead somewhere. */
export const serviceConditions: readonly MatchCondition[] = [notTheApiServer, exposes, changesExposure];

const serviceName = "kubernetes.io/service-name";
const managedBy = "endpointslice.kubernetes.io/managed-by";

/**
 * Endpoints are judged but for those that Kubernetes' own controllers write of what a selector selects: pods of the same
 * namespace, which must be written also while Domicile is away. The controller that copies Endpoints is judged: what it
 * copies, anybody may have written. Where all controllers are one user, its mark tells it.
 */
export const endpointConditions: readonly MatchCondition[] = [
  notTheApiServer,
  {
    name: "not-by-selector",
    expression: `!(request.userInfo.username in ${list([
      "system:serviceaccount:kube-system:endpointslice-controller",
      "system:serviceaccount:kube-system:endpoint-controller",
    ])} || (request.userInfo.username == 'system:kube-controller-manager' && ${valueOf(labels("object"), managedBy)} != 'endpointslicemirroring-controller.k8s.io'))`,
  },
  changed(
    `${differs("endpoints", "ports", "subsets")} || ${valueOf(labels("object"), serviceName)} != ${valueOf(labels("oldObject"), serviceName)}`,
  ),
];

/** What lets others in by what it is; Services too, where they are judged together. */
export const routeConditions: readonly MatchCondition[] = [notTheApiServer, changesExposure];

/** A balancer whose nodes are not selected by a zone's label yet, in either annotation. */
export const balancerConditions: readonly MatchCondition[] = [
  {
    name: "has-a-balancer",
    expression: serviceIs.type("LoadBalancer"),
  },
  {
    name: "sends-to-any-node",
    expression: `!${list(backendAnnotations)}.all(k, k in ${annotations("object")} && ${annotations("object")}[k].startsWith(${quote(nodeLabelPrefix)}))`,
  },
];
