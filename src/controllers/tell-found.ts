import { explain, type Reason } from "../api/reasons.ts";
import type { Events, Regarding } from "./events.ts";

/** An object of somebody else's with what is wrong with it. */
export type Told = Regarding & {
  readonly containment: { readonly reason: Reason; readonly path: string; readonly message: string };
};

/** Events that one look writes; who is left out is told of by the next. */
const atOnce = 20;

/** Tells of each object once, by an event of its own, until nothing is wrong with it. A new leader tells once more what still stands. */
export const tellFound = (events: Events) => {
  const told = new Map<string, ReadonlySet<string>>();
  return async (zone: string, found: readonly Told[], signal: AbortSignal): Promise<void> => {
    const before = told.get(zone) ?? new Set();
    const fresh = found.filter(({ uid }) => !before.has(uid)).slice(0, atOnce);
    const still = found.filter(({ uid }) => before.has(uid));
    if (found.length === 0) told.delete(zone);
    else told.set(zone, new Set([...still, ...fresh].map(({ uid }) => uid)));
    for (const { containment, apiVersion, kind, name, uid, namespace } of fresh) {
      const { reason, path, message } = containment;
      await events.report({
        regarding: {
          apiVersion,
          kind,
          name,
          uid,
          ...(namespace === undefined || namespace === "" ? {} : { namespace }),
        },
        zone,
        type: "Warning",
        reason,
        action: "Judge",
        note: explain(reason, `${path} ${message}.`),
        signal,
      });
    }
  };
};
