import type { ObjectMeta, Pod } from "../api/kubernetes.ts";
import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import type { World } from "../zone/world.ts";
import { firstSpecFault, missingZone, placed, refuse, type Placement } from "./place.ts";
import { carriesSelector, pin, type Pins } from "./pin.ts";

/** An object that makes pods from a template: all but CronJobs keep it at spec.template. */
export type Workload = {
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly template?: Pod; readonly jobTemplate?: { readonly spec?: { readonly template?: Pod } } };
};

/** The kinds whose templates are judged; other operators make pods, and those are judged as pods. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"] as const;
/** One of them. */
export type WorkloadKind = (typeof workloadKinds)[number];

/** What is known of a request besides the object in it. */
export type TemplateQuestion = {
  readonly namespace: string;
  readonly operation: "CREATE" | "UPDATE";
  readonly kind: WorkloadKind;
  /** Whether the request changes the pod template; on CREATE always true. */
  readonly templateChanged: boolean;
};

/**
 * Decides one pod template. Pinned are only templates nobody else writes: pinning the ReplicaSet of an unpinned
 * Deployment makes the two controllers fight, pinning on any update turns `kubectl annotate` into a rollout, and a
 * Job's template is immutable. What is left out here is pinned as a pod.
 */
export const placeTemplate = (world: World, workload: Workload, question: TemplateQuestion): Placement => {
  const zone = world.namespaces.get(question.namespace)?.zone;
  if (zone === undefined) return { kind: "free", reason: "NotInZone" };
  if (workload.metadata?.ownerReferences?.some(({ controller }) => controller === true))
    return { kind: "free", reason: "OwnedByController" };
  const template = podTemplate(workload, question.kind);
  if (
    template === undefined ||
    !question.templateChanged ||
    (question.kind === "Job" && question.operation !== "CREATE")
  )
    return { kind: "free", reason: "PlacementUnchanged" };

  if (world.zones.get(zone) === undefined) return refuse(zone, missingZone(question.namespace, zone));
  const at = templatePath(question.kind);
  const told = leavesTemplates(world, zone) ? ({ warnOnly: true } as const) : {};
  const fault = firstSpecFault(world, zone, template);
  if (fault !== undefined) return { ...refuse(zone, { ...fault, field: `${at}.${fault.field}` }), ...told };
  if (told.warnOnly === undefined) return placed(world, template, zone);
  // What else its pods have to carry they get when they are made.
  if (carriesSelector(template.spec, zone)) return { kind: "inPlace", zone, reason: "AlreadyPinned" };
  const missing = `lacks ${nodeLabel(zone)}: ${nodeLabelValue}`;
  return {
    ...refuse(zone, { reason: "TemplateNotPinned", field: `${at}.spec.nodeSelector`, found: missing }),
    ...told,
  };
};

/** Whether the zone leaves templates as they are written. One that is not valid says nothing of it, and pins. */
const leavesTemplates = (world: World, zone: string): boolean => {
  const parsed = world.zones.get(zone)?.parsed;
  return parsed?.ok === true && parsed.value.templates === "Warn";
};

/** The workload with its template pinned; everything else is shared with what was given. */
export const pinTemplate = (workload: Workload, kind: WorkloadKind, pins: Pins): Workload => {
  const { spec } = workload;
  if (kind !== "CronJob") return { ...workload, spec: { ...spec, template: pin(spec?.template ?? {}, pins) } };
  const template = pin(spec?.jobTemplate?.spec?.template ?? {}, pins);
  return {
    ...workload,
    spec: { ...spec, jobTemplate: { ...spec?.jobTemplate, spec: { ...spec?.jobTemplate?.spec, template } } },
  };
};

/** The pod template of a workload, or undefined when it has none. */
export const podTemplate = ({ spec }: Workload, kind: WorkloadKind): Pod | undefined =>
  kind === "CronJob" ? spec?.jobTemplate?.spec?.template : spec?.template;

/** Where the template stands, as kubectl names it. */
const templatePath = (kind: WorkloadKind): string =>
  kind === "CronJob" ? "spec.jobTemplate.spec.template" : "spec.template";
