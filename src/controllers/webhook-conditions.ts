import {
  exclusiveKey,
  exclusivePrefix,
  nodeLabel,
  nodeLabelPrefix,
  nodeLabelValue,
  topologyLabels,
} from "../api/names.ts";
import { list, quote } from "../native/cel.ts";
import { attachments, decidesPlacement } from "../native/pod-conditions.ts";
import type { MatchCondition } from "../native/policy.ts";
import { toleratesOwn } from "../native/tolerations.ts";

/**
 * False for the one shape that is provably in place: the zone's own selector, no other zone's, no node named, no
 * network attached and no other zone's taint tolerated. `place()` would allow it unchanged, so it needs no call, and
 * goes on while Domicile is away.
 *
 * A zone that keeps its nodes to itself asks for the toleration too. Without it the pod would be let in and wait for
 * ever; so it gets the toleration, or, while Domicile is away, is refused and made again by its controller.
 *
 * False too for what decides nothing: for each condition beside another an API server sets out anew.
 */
export const notProvablyInPlace = (zone: string, exclusive: boolean): MatchCondition => {
  const own = quote(exclusiveKey(zone));
  const key = quote(nodeLabel(zone));
  const pinned = [
    "has(object.spec.nodeSelector)",
    `${key} in object.spec.nodeSelector`,
    `object.spec.nodeSelector[${key}] == ${quote(nodeLabelValue)}`,
    `object.spec.nodeSelector.all(k, k == ${key} || !k.startsWith(${quote(nodeLabelPrefix)}))`,
    "(!has(object.spec.nodeName) || object.spec.nodeName == '')",
    `(!has(object.metadata.annotations) || !${attachments}.exists(a, a in object.metadata.annotations))`,
    exclusive
      ? `${toleratesOwn(own)} && object.spec.tolerations.all(t, ${notForeign(own)})`
      : `(!has(object.spec.tolerations) || object.spec.tolerations.all(t, ${notForeign(own)}))`,
  ];
  return { name: "not-provably-in-place", expression: `!(${pinned.join(" && ")}) && (${decidesPlacement.expression})` };
};

const notForeign = (own: string): string =>
  `!has(t.key) || t.key == ${own} || !t.key.startsWith(${quote(exclusivePrefix)})`;

/**
 * False for the Binding of a scheduler that is trusted with the zone, as long as it is nothing but a pod and a node by
 * name: then scheduling goes on while Domicile is away. Region and zone may stand in it, because the API server writes
 * them there before it asks; but only at `pods/binding`, and only where the kind is spelt out.
 */
export const notSafelyBound = (schedulers: readonly string[]): MatchCondition => {
  const labels = list([topologyLabels.region, topologyLabels.zone]);
  const safe = [
    `request.userInfo.username in ${list(schedulers.toSorted())}`,
    "has(request.subResource) && request.subResource == 'binding'",
    "has(object.target.kind) && object.target.kind == 'Node'",
    "(!has(object.target.uid) || object.target.uid == '')",
    `(!has(object.metadata.labels) || object.metadata.labels.all(k, k in ${labels}))`,
    "(!has(object.metadata.annotations) || object.metadata.annotations.size() == 0)",
  ];
  return { name: "not-safely-bound", expression: `!(${safe.join(" && ")})` };
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
