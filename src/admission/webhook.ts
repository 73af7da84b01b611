import { group, version } from "../api/names.ts";
import { workloadKinds } from "../placement/template.ts";
import type { World } from "../zone/world.ts";
import { policyKinds, type PolicyKind } from "../api/policy-kinds.ts";
import type { AllowedIn } from "../egress/uncontained.ts";
import { validateApprovals } from "./approvals.ts";
import { validateBinding } from "./bindings.ts";
import { validateClusterPolicy } from "./cluster-policies.ts";
import type { Decided } from "./decided.ts";
import { isExposable, mutateService, validateExposure } from "./exposures.ts";
import { mutateNamespace, refuseJoin, refuseLeave, validateNamespace } from "./namespaces.ts";
import { paths } from "./paths.ts";
import { mutatePod, validatePod } from "./pods.ts";
import { validatePolicy } from "./policies.ts";
import type { Review, ReviewedKind } from "./review.ts";
import { mutateTemplate } from "./templates.ts";

/** What one path answers. */
export type Webhook = {
  readonly path: string;
  /** The kinds it answers, in words. */
  readonly answers: string;
  readonly knows: (kind: ReviewedKind) => boolean;
  /** `zone` is the one that the path names, undefined where it names none; `allowedIn` is what policies are judged by. */
  readonly decide: (world: World, review: Review, zone: string | undefined, allowedIn: AllowedIn) => Decided;
  /** What a defect of ours does: pods are refused; what passes is held by something else, which `passes` says. */
  readonly onFault: "refuse" | { readonly passes: string };
};

const isPod = ({ group, version, kind }: ReviewedKind): boolean => group === "" && version === "v1" && kind === "Pod";

const isBinding = ({ group, version, kind }: ReviewedKind): boolean =>
  group === "" && version === "v1" && kind === "Binding";

const isWorkload = ({ group, version, kind }: ReviewedKind): boolean =>
  version === "v1" &&
  group === (kind === "Job" || kind === "CronJob" ? "batch" : "apps") &&
  workloadKinds.some((known) => known === kind);

const isNamespace = ({ group, version, kind }: ReviewedKind): boolean =>
  group === "" && version === "v1" && kind === "Namespace";

const isForeign = (reviewed: ReviewedKind, may: (kind: PolicyKind) => boolean): boolean =>
  policyKinds.some(
    (known) =>
      may(known) &&
      known.group === reviewed.group &&
      known.version === reviewed.version &&
      known.kind === reviewed.kind,
  );

const isPolicy = (reviewed: ReviewedKind): boolean =>
  (reviewed.group === "networking.k8s.io" && reviewed.version === "v1" && reviewed.kind === "NetworkPolicy") ||
  isForeign(reviewed, ({ namespaced }) => namespaced);

const isClusterPolicy = (reviewed: ReviewedKind): boolean => isForeign(reviewed, ({ namespaced }) => !namespaced);

const isService = ({ group, version, kind }: ReviewedKind): boolean =>
  group === "" && version === "v1" && kind === "Service";

const isApproval = (reviewed: ReviewedKind): boolean =>
  reviewed.group === group &&
  reviewed.version === version &&
  (reviewed.kind === "ResidencyZone" || reviewed.kind === "RemoteCluster");

/** A path of namespaces that the API server saw in a zone: in one that the path may name after a slash. */
const strictly =
  (judge: typeof validatePod): Webhook["decide"] =>
  (world, review, zone) =>
    judge(world, review, { zone });

const pods = { answers: "v1 Pod", knows: isPod, onFault: "refuse" } as const;
const bindings = { answers: "v1 Binding", knows: isBinding, onFault: "refuse" } as const;

const policies = {
  answers: "networking.k8s.io/v1 NetworkPolicy and what Cilium and Calico have like it",
  knows: isPolicy,
  onFault: "refuse",
} as const;
const balanced: Webhook["decide"] = (world, review, _zone, allowedIn) => mutateService(world, review, allowedIn);

const exposures = {
  answers: "Services, Endpoints, EndpointSlices, Ingresses, kinds of gateway.networking.k8s.io and ServiceExports",
  knows: isExposable,
  onFault: "refuse",
} as const;
const approvals = {
  answers: `${group}/${version} ResidencyZone and RemoteCluster`,
  knows: isApproval,
  onFault: { passes: "so it is let in, and what overlaps is not compiled" },
} as const;
const namespaces = { answers: "v1 Namespace", knows: isNamespace, onFault: "refuse" } as const;

/** `enforced`: what is asked here the API server saw in a zone that enforces, or that it does not know. */
const seen =
  (validate: typeof validatePolicy, enforced: boolean): Webhook["decide"] =>
  (world, review, _zone, allowedIn) =>
    validate(world, review, enforced, allowedIn);

/** Every webhook there is. */
export const webhooks: readonly Webhook[] = [
  { ...pods, path: paths.mutatePods, decide: strictly(mutatePod) },
  { ...pods, path: paths.validatePods, decide: strictly(validatePod) },
  { ...pods, path: paths.warnPods, decide: (world, review) => validatePod(world, review) },
  { ...bindings, path: paths.bindPods, decide: strictly(validateBinding) },
  { ...bindings, path: paths.warnBindings, decide: (world, review) => validateBinding(world, review) },
  { ...namespaces, path: paths.mutateNamespaces, decide: mutateNamespace },
  { ...namespaces, path: paths.validateNamespaces, decide: validateNamespace },
  { ...namespaces, path: paths.refuseJoin, decide: refuseJoin },
  { ...namespaces, path: paths.refuseLeave, decide: refuseLeave },
  { ...policies, path: paths.validatePolicies, decide: seen(validatePolicy, true) },
  { ...policies, path: paths.warnPolicies, decide: seen(validatePolicy, false) },
  {
    path: paths.validateClusterPolicies,
    answers: "policies without namespaces of policy.networking.k8s.io, Cilium and Calico",
    knows: isClusterPolicy,
    decide: (world, review, _zone, allowedIn) => validateClusterPolicy(world, review, allowedIn),
    onFault: { passes: "so it is let in, and zones that it opens list it" },
  },
  { ...exposures, path: paths.validateExposure, decide: seen(validateExposure, true) },
  { ...exposures, path: paths.warnExposure, decide: seen(validateExposure, false) },
  {
    path: paths.mutateServices,
    answers: "v1 Service",
    knows: isService,
    decide: balanced,
    onFault: { passes: "so its nodes are not chosen here, and a balancer without the zone's is refused" },
  },
  { ...approvals, path: paths.validateApprovals, decide: validateApprovals },
  {
    path: paths.mutateTemplates,
    answers: "apps/v1 Deployment, StatefulSet, DaemonSet and ReplicaSet, batch/v1 Job and CronJob",
    knows: isWorkload,
    decide: mutateTemplate,
    onFault: { passes: "so the template stays as it is, and its pods are judged" },
  },
];
