import type { PodFacts } from "../zone/facts.ts";

/**
 * A pod that runs in a namespace of the zone and may be older than its lock: it was made before what isolates was
 * (`isolated`, milliseconds since 1970), or carries no selector, as nothing does that is let in once a namespace is
 * sealed. Times are told to the second, so one of the same second is known by its selector alone. A static pod has none.
 */
export const isOlder = (
  pod: Pick<PodFacts, "node" | "ended" | "selects" | "mirror" | "created">,
  zone: string,
  isolated: number,
): boolean =>
  pod.node !== undefined && !pod.ended && (pod.created < isolated || (!pod.mirror && !pod.selects.includes(zone)));
