import type { Offer } from "../certificates/handover.ts";
import type { Stores } from "../controllers/cache.ts";
import { trusts } from "../controllers/registration-facts.ts";
import { configurationName } from "../controllers/webhook-configurations.ts";
import { listen, stale as staleOf, type Hearing } from "../kube/staleness.ts";

/** What readiness is judged by. */
export type ReadinessFacts = {
  readonly stores: Stores;
  /** The stores whose watch alone is broken, by name. */
  readonly stale: readonly string[];
  /** What this replica serves with. */
  readonly served: Offer | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly leaving: boolean;
  /** Whether the stored webhook configurations have named our certificates, now or before. */
  readonly registered: boolean;
  /** Why nothing may be registered, in a sentence. */
  readonly hindered: string | undefined;
};

const unregistered = "the stored configurations do not name our certificates yet";

/** The stores that have not been listed once, by name. */
export const unread = (stores: Stores): readonly string[] =>
  Object.entries(stores).flatMap(([name, { hasSynced }]) => (hasSynced ? [] : [name]));

/** The stores whose watch alone is broken, at each call as of then; `monotonic` gives milliseconds. */
export const makeStale = (
  stores: Readonly<Record<string, { readonly ageMs: () => number | undefined }>>,
  monotonic: () => number,
): (() => readonly string[]) => {
  let hearing: Hearing | undefined;
  return () => {
    const ages = Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, store.ageMs()]));
    const now = monotonic();
    hearing = listen(hearing, ages, now);
    return staleOf(hearing, ages, now);
  };
};

/** Whether both stored webhook configurations name the authorities of these certificates. */
export const isRegistered = (stores: Stores, served: Offer | undefined): boolean =>
  [stores.mutatingWebhooks, stores.validatingWebhooks].every(({ view }) => {
    const live = view.get(configurationName);
    return live !== undefined && served?.authorities.every((authority) => trusts(live, authority)) === true;
  });

/** What keeps a replica from being ready, each in words; empty when nothing does. */
export const notReady = (facts: ReadinessFacts): readonly string[] => {
  const { stores, stale, served, leaving, registered, hindered, now } = facts;
  const missing = unread(stores);
  return [
    ...(leaving ? ["shutting down"] : []),
    ...(served === undefined ? ["certificates: none could be read or made yet"] : []),
    ...(served !== undefined && served.notAfter <= now
      ? [
          `certificates: ours ended on ${new Date(served.notAfter).toISOString()} and could not be renewed; the log says why`,
        ]
      : []),
    ...(missing.length > 0 ? [`caches: ${missing.join(", ")} are not read yet`] : []),
    ...(stale.length > 0
      ? [
          `caches: ${stale.join(", ")} heard nothing for six minutes while others did; look at the log and at the ClusterRole`,
        ]
      : []),
    ...(registered ? [] : [`webhook registration: ${hindered ?? unregistered}`]),
  ];
};
