import { networkAttachmentAnnotations, nodeLabel, nodeLabelPrefix, nodeLabelValue } from "../api/names.ts";

/** A CEL expression of a webhook entry; the webhook is called only where all of an entry's expressions are true. */
export type MatchCondition = { readonly name: string; readonly expression: string };

const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/**
 * Kubernetes lets only gated pods change where they may run, so other updates decide nothing and cost no call, unless
 * they attach a network: annotations may change as long as a pod lives, and are read when it starts, or later.
 */
export const decidesPlacement: MatchCondition = {
  name: "decides-placement",
  expression: [
    "request.operation == 'CREATE'",
    "(has(oldObject.spec.schedulingGates) && oldObject.spec.schedulingGates.size() > 0)",
    `(has(object.metadata.annotations) && [${networkAttachmentAnnotations.map((name) => quote(name)).join(", ")}].exists(a, a in object.metadata.annotations && !(has(oldObject.metadata.annotations) && a in oldObject.metadata.annotations && oldObject.metadata.annotations[a] == object.metadata.annotations[a])))`,
  ].join(" || "),
};

/**
 * False for the one shape that is provably in place: the zone's own selector, no other zone's, no node named and no
 * network attached. `place()` would allow it unchanged, so it needs no call, and goes on while Domicile is away.
 */
export const notProvablyInPlace = (zone: string): MatchCondition => {
  const key = quote(nodeLabel(zone));
  const attachments = networkAttachmentAnnotations.map(quote).join(", ");
  const pinned = [
    "has(object.spec.nodeSelector)",
    `${key} in object.spec.nodeSelector`,
    `object.spec.nodeSelector[${key}] == ${quote(nodeLabelValue)}`,
    `object.spec.nodeSelector.all(k, k == ${key} || !k.startsWith(${quote(nodeLabelPrefix)}))`,
    "(!has(object.spec.nodeName) || object.spec.nodeName == '')",
    `(!has(object.metadata.annotations) || ![${attachments}].exists(a, a in object.metadata.annotations))`,
  ];
  return { name: "not-provably-in-place", expression: `!(${pinned.join(" && ")})` };
};

/** What a controller owns is written by that controller; pinning it too makes the two fight. */
export const ownedByNoController: MatchCondition = {
  name: "owned-by-no-controller",
  expression:
    "!has(object.metadata.ownerReferences) || !object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller)",
};

/** An update that leaves the template alone must not become a rollout. */
export const changesTemplate: MatchCondition = {
  name: "changes-template",
  expression:
    "request.operation == 'CREATE' || (has(object.spec.template) ? object.spec.template != oldObject.spec.template : object.spec.jobTemplate != oldObject.spec.jobTemplate)",
};
