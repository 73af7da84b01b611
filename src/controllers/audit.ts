import type { Reason } from "../api/reasons.ts";
import type { World } from "../zone/world.ts";
import type { Events } from "./events.ts";

/** A refusal that a zone in Audit kept from the user. */
export type Audited = {
  readonly namespace: string;
  readonly reason: Reason;
  /** The refusal in words. */
  readonly message: string;
};

type Parts = {
  readonly world: World;
  readonly events: Events;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  readonly signal: AbortSignal;
};

/** A namespace hears of a reason once an hour: a rollout of 1,000 pods is one event, and not 1,000. */
const quietMs = 3_600_000;

/** Tells of audited refusals by events on their namespaces, after the answer was given and never holding it up. */
export const makeAudit = ({ world, events, monotonic, signal }: Parts): ((audited: Audited) => Promise<void>) => {
  const told = new Map<string, number>();
  return async ({ namespace, reason, message }) => {
    const uid = world.namespaces.get(namespace)?.uid;
    const key = `${uid} ${reason}`;
    const last = told.get(key);
    if (uid === undefined || (last !== undefined && monotonic() - last < quietMs)) return;
    for (const [old, at] of told) if (monotonic() - at >= quietMs) told.delete(old);
    told.set(key, monotonic());
    await events.report({
      regarding: { apiVersion: "v1", kind: "Namespace", name: namespace, uid },
      type: "Warning",
      reason,
      action: "Audit",
      note: `Not refused, for the zone only audits: ${message}`,
      signal,
    });
  };
};
