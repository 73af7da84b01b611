import type { Pod, PodSpec } from "../api/kubernetes.ts";
import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import { tolerate, tolerates } from "./toleration.ts";

/** Whether the scheduler and the kubelet would both hold a pod with this spec to the zone's verified nodes. */
export const carriesSelector = (spec: PodSpec | undefined, zone: string): boolean =>
  spec?.nodeSelector?.[nodeLabel(zone)] === nodeLabelValue;

/** What a zone's pods have to carry: its selector, and the toleration of its taint where it keeps its nodes to itself. */
export type Pins = { readonly zone: string; readonly exclusive?: true };

/** Whether a pod with this spec carries all that its zone's pods have to. */
export const isPinned = (spec: PodSpec | undefined, { zone, exclusive }: Pins): boolean =>
  carriesSelector(spec, zone) && (exclusive === undefined || tolerates(spec, zone));

/**
 * The spec with the zone's one selector added. An equality in nodeSelector is ANDed with every affinity term by
 * scheduler and kubelet alike, so nothing else needs touching; all else is shared with what was given.
 */
const pinSpec = <S extends PodSpec>(spec: S, { zone, exclusive }: Pins): S => {
  const pinned = { ...spec, nodeSelector: { ...spec.nodeSelector, [nodeLabel(zone)]: nodeLabelValue } };
  return exclusive === undefined ? pinned : tolerate(pinned, zone);
};

/** The pod with what its zone's pods have to carry. */
export const pin = <P extends Pod>(pod: P, pins: Pins): P => ({ ...pod, spec: pinSpec(pod.spec ?? {}, pins) });
