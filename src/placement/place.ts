import { refusal, type Reason } from "../api/reasons.ts";
import type { Pod } from "../api/kubernetes.ts";
import { mirrorAnnotation } from "../api/names.ts";
import type { World } from "../zone/world.ts";
import { networkAttachment, specChecks, type Fault } from "./spec-checks.ts";
import { isPinned, type Pins } from "./pin.ts";

/** What is known of a request besides the pod in it. */
export type Question = {
  readonly namespace: string;
  readonly operation: "CREATE" | "UPDATE";
  /** The user is a node (system:node:… in system:nodes): only nodes make mirror pods. */
  readonly byNode: boolean;
  /**
   * What the API server saw when it called: the webhook entries match only namespaces with a zone label, and those of
   * sealed namespaces name the zone, which enforces. Left out where nobody called: then the World alone says what is in a zone.
   */
  readonly seen?: { readonly zone: string | undefined };
  /** The stored pod has scheduling gates: the only pods whose selector may still be tightened. */
  readonly wasGated: boolean;
  /** An update that sets or changes an annotation which attaches a network: those may change as long as a pod lives. */
  readonly attaches?: boolean;
};

/** What is known of the namespace that a request is for. */
type Asked = Pick<Question, "namespace" | "seen">;

/** Where a pod may run: anywhere, in its zone as it stands, in its zone once pinned, or nowhere. */
export type Placement =
  | { readonly kind: "free"; readonly reason: Reason }
  | { readonly kind: "inPlace"; readonly zone: string; readonly reason: "AlreadyPinned" | "NodeIsVerified" }
  | (Pins & { readonly kind: "pinned"; readonly reason: "Pinned" })
  | (Fault & {
      readonly kind: "refused";
      readonly zone: string;
      readonly message: string;
      /** The zone says that this is told and not refused, though it enforces. */
      readonly warnOnly?: true;
    });

/** Decides one pod. The same answer serves the mutating and the validating webhook, controllers and the CLI. */
export const place = (world: World, pod: Pod, question: Question): Placement => {
  const zone = world.namespaces.get(question.namespace)?.zone;
  if (zone === undefined && question.seen === undefined) return { kind: "free", reason: "NotInZone" };
  if (question.byNode && pod.metadata?.annotations?.[mirrorAnnotation] !== undefined)
    return { kind: "free", reason: "MirrorPod" };
  // Kubernetes lets nobody move a pod that has no gates, so an update of one decides nothing but its networks.
  const moves = question.operation === "CREATE" || question.wasGated;
  if (!moves && question.attaches !== true) return { kind: "free", reason: "PlacementUnchanged" };
  if (zone === undefined || (question.seen?.zone ?? zone) !== zone) return unseen(world, question, zone);
  if (!moves) {
    const attached = networkAttachment(pod);
    return attached === undefined ? { kind: "free", reason: "PlacementUnchanged" } : refuse(zone, attached);
  }

  const fault = namespaceFault(world, question, zone) ?? firstSpecFault(world, zone, pod);
  if (fault !== undefined) return refuse(zone, fault);
  return placed(world, pod, zone);
};

/** What becomes of a pod, or of a template, against which there is nothing to say. */
export const placed = (world: World, pod: Pod, zone: string): Placement => {
  const pins: Pins = world.zones.get(zone)?.exclusive === true ? { zone, exclusive: true } : { zone };
  return isPinned(pod.spec, pins)
    ? { kind: "inPlace", zone, reason: "AlreadyPinned" }
    : { ...pins, kind: "pinned", reason: "Pinned" };
};

/** Whether the API server asked as of a zone that enforces: then it does, whatever was last heard here. */
export const isEnforced = ({ seen }: Asked): boolean => seen?.zone !== undefined;

/** A refusal with its sentence. */
export const refuse = (zone: string, fault: Fault): Extract<Placement, { kind: "refused" }> => ({
  kind: "refused",
  zone,
  ...fault,
  message: refusal(zone, fault),
});

/** The first thing in the pod that would take it out of the zone, in the order of `specChecks`. */
export const firstSpecFault = (world: World, zone: string, pod: Pod): Fault | undefined => {
  const parsed = world.zones.get(zone)?.parsed;
  const facts = { zone, regions: parsed?.ok === true ? parsed.value.regions : undefined };
  for (const check of specChecks) {
    const fault = check(pod, facts);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

/** What stands for the zone where nobody knows which: no zone can bear this name, or its mode would be asked for. */
export const unknownZone = "(unknown)";

/** The refusal where the API server's view and ours differ, as they do for moments after a label changed. What is unknown never widens. */
export const unseen = (world: World, { namespace, seen }: Asked, zone: string | undefined): Placement => {
  // Whoever reaches the server may ask in any zone's name, and every zone that is told of becomes a metric.
  const known = [seen?.zone, zone].find((name) => name !== undefined && world.zones.has(name));
  return refuse(known ?? unknownZone, {
    reason: "NamespaceUnseen",
    field: `namespace ${namespace}`,
    found: `is in ${seen?.zone ?? "a zone"} for the API server and in ${zone ?? "none"} as last heard here`,
  });
};

/** The fault of a namespace whose label names a zone that is not there. */
export const missingZone = (namespace: string, zone: string): Fault => ({
  reason: "ZoneNotFound",
  field: `namespace ${namespace}`,
  found: `is labelled domicile.dev/zone=${zone}`,
});

/** What is wrong with a namespace of this zone, so that no pod may start there yet. */
export const namespaceFault = (world: World, question: Asked, zone: string): Fault | undefined => {
  const { namespace } = question;
  const record = world.zones.get(zone);
  if (record === undefined) return missingZone(namespace, zone);
  // Warn and Audit write no policies, so their namespaces are never sealed and it would say nothing about the pod.
  if ((record.enforcement === "Enforce" || isEnforced(question)) && world.namespaces.get(namespace)?.sealed !== zone)
    return { reason: "NamespaceNotSealed", field: `namespace ${namespace}`, found: "is not sealed" };
  return undefined;
};
