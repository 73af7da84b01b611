import type { Offer } from "../certificates/handover.ts";
import type { Stores } from "../controllers/cache.ts";
import { trusts } from "../controllers/registration-facts.ts";
import { configurationName } from "../controllers/webhook-configurations.ts";
import { podsPolicyName } from "../native/pods.ts";
import { listen, stale as staleOf, type Hearing } from "../kube/staleness.ts";

/** What readiness is judged by. */
export type ReadinessFacts = {
  readonly stores: Stores;
  /** The stores whose watch alone is broken, by name. */
  readonly stale: readonly string[];
  /** Whether this replica serves webhooks, for which it needs certificates. */
  readonly webhooks: boolean;
  /** What this replica serves with. */
  readonly served: Offer | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly leaving: boolean;
  /** Whether the stored webhook configurations have named our certificates, now or before; without webhooks, whether the native policy for pods was there. True also while making them is for another replica. */
  readonly registered: boolean;
  /** Why nothing may be registered, in a sentence. */
  readonly hindered: string | undefined;
};

const unregistered = (webhooks: boolean): string =>
  webhooks ? "the stored configurations do not name our certificates yet" : "the native policies are not there yet";

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

/** Whether nothing that judges pods is registered: no webhooks where there should be some, or no native policy. */
export const hasNone = (stores: Stores, webhooks: boolean): boolean =>
  webhooks
    ? stores.mutatingWebhooks.view.size + stores.validatingWebhooks.view.size === 0
    : !stores.nativePolicies.view.has(podsPolicyName);

/** Whether the native policy that judges pods is there, and bound. */
export const isJudgedNatively = ({ nativePolicies, nativeBindings }: Stores): boolean =>
  [nativePolicies, nativeBindings].every(({ view }) => view.has(podsPolicyName));

/** What keeps a replica from being ready, each in words; empty when nothing does. */
export const notReady = (facts: ReadinessFacts): readonly string[] => {
  const { stores, stale, webhooks, served, leaving, registered, hindered, now } = facts;
  const missing = unread(stores);
  return [
    ...(leaving ? ["shutting down"] : []),
    ...(webhooks && served === undefined ? ["certificates: none could be read or made yet"] : []),
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
    ...(registered ? [] : [`${webhooks ? "webhook" : "native"} registration: ${hindered ?? unregistered(webhooks)}`]),
  ];
};
