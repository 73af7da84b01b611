import type { Pod, PodSpec } from "../api/kubernetes.ts";
import { nodeLabel, nodeLabelValue } from "../api/names.ts";

/** Whether the scheduler and the kubelet would both hold a pod with this spec to the zone's verified nodes. */
export const carriesSelector = (spec: PodSpec | undefined, zone: string): boolean =>
  spec?.nodeSelector?.[nodeLabel(zone)] === nodeLabelValue;

/**
 * The spec with the zone's one selector added. An equality in nodeSelector is ANDed with every affinity term by
 * scheduler and kubelet alike, so nothing else needs touching; all else is shared with what was given.
 */
const pinSpec = <S extends PodSpec>(spec: S, zone: string): S => ({
  ...spec,
  nodeSelector: { ...spec.nodeSelector, [nodeLabel(zone)]: nodeLabelValue },
});

/** The pod with its zone's selector. */
export const pin = <P extends Pod>(pod: P, zone: string): P => ({ ...pod, spec: pinSpec(pod.spec ?? {}, zone) });
