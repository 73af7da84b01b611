import { group, version } from "../api/names.ts";
import type { Resource } from "./resource.ts";

const cluster = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: false,
});
const namespaced = (group: string, version: string, plural: string, kind: string): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

/** Every resource that Domicile reads or writes; the chart's RBAC is this list with verbs. */
export const resources = {
  nodes: cluster("", "v1", "nodes", "Node"),
  namespaces: cluster("", "v1", "namespaces", "Namespace"),
  pods: namespaced("", "v1", "pods", "Pod"),
  volumeClaims: namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
  volumes: cluster("", "v1", "persistentvolumes", "PersistentVolume"),
  secrets: namespaced("", "v1", "secrets", "Secret"),
  services: namespaced("", "v1", "services", "Service"),
  endpointSlices: namespaced("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
  ingresses: namespaced("networking.k8s.io", "v1", "ingresses", "Ingress"),
  networkPolicies: namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
  serviceCidrs: cluster("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR"),
  events: namespaced("events.k8s.io", "v1", "events", "Event"),
  leases: namespaced("coordination.k8s.io", "v1", "leases", "Lease"),
  deployments: namespaced("apps", "v1", "deployments", "Deployment"),
  daemonSets: namespaced("apps", "v1", "daemonsets", "DaemonSet"),
  jobs: namespaced("batch", "v1", "jobs", "Job"),
  clusterRoles: cluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole"),
  mutatingWebhooks: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
  ),
  validatingWebhooks: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
  ),
  nativePolicies: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicies",
    "ValidatingAdmissionPolicy",
  ),
  nativeBindings: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding",
  ),
  mutatingPolicies: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingadmissionpolicies",
    "MutatingAdmissionPolicy",
  ),
  mutatingBindings: cluster(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingadmissionpolicybindings",
    "MutatingAdmissionPolicyBinding",
  ),
  definitions: cluster("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition"),
  accessReviews: cluster("authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
  residencyZones: cluster(group, version, "residencyzones", "ResidencyZone"),
  remoteClusters: cluster(group, version, "remoteclusters", "RemoteCluster"),
  nodeAttestations: cluster(group, version, "nodeattestations", "NodeAttestation"),
} as const satisfies Readonly<Record<string, Resource>>;
