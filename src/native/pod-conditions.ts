import { mirrorAnnotation, networkAttachmentAnnotations } from "../api/names.ts";
import { list, quote } from "./cel.ts";
import type { MatchCondition } from "./policy.ts";

/** The annotations that attach a network, as a CEL list. */
export const attachments = list(networkAttachmentAnnotations);

/** Gated pods are the only ones whose selector Kubernetes still lets anybody tighten. */
export const moves =
  "request.operation == 'CREATE' || (has(oldObject.spec.schedulingGates) && oldObject.spec.schedulingGates.size() > 0)";

/**
 * Kubernetes lets only gated pods change where they may run, so other updates decide nothing and cost no call, unless
 * they attach a network: annotations may change as long as a pod lives, and are read when it starts, or later.
 */
export const decidesPlacement: MatchCondition = {
  name: "decides-placement",
  expression: [
    moves,
    `(has(object.metadata.annotations) && ${attachments}.exists(a, a in object.metadata.annotations && !(has(oldObject.metadata.annotations) && a in oldObject.metadata.annotations && oldObject.metadata.annotations[a] == object.metadata.annotations[a])))`,
  ].join(" || "),
};

/** A mirror pod shows a static pod, which runs whatever is answered; only nodes make them. */
export const notMirrorPod: MatchCondition = {
  name: "not-a-mirror-pod",
  expression: `!(request.userInfo.username.startsWith('system:node:') && 'system:nodes' in request.userInfo.groups && has(object.metadata.annotations) && ${quote(mirrorAnnotation)} in object.metadata.annotations)`,
};
