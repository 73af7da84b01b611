import type { Bundle } from "../admission/certificates.ts";
import type { Stores } from "../controllers/cache.ts";
import { trusts } from "../controllers/registration-facts.ts";
import { configurationName } from "../controllers/webhook-configurations.ts";

/** What readiness is judged by. */
export type ReadinessFacts = {
  readonly stores: Stores;
  readonly bundle: Bundle | undefined;
  readonly leaving: boolean;
};

/** The stores that have not been listed once, by name. */
export const unread = (stores: Stores): readonly string[] =>
  Object.entries(stores).flatMap(([name, { hasSynced }]) => (hasSynced ? [] : [name]));

/** What keeps a replica from being ready, each in words; empty when nothing does. */
export const notReady = ({ stores, bundle, leaving }: ReadinessFacts): readonly string[] => {
  const missing = unread(stores);
  const registered = [stores.mutatingWebhooks, stores.validatingWebhooks].every(({ view }) => {
    const live = view.get(configurationName);
    return live !== undefined && bundle !== undefined && trusts(live, bundle.caBundle);
  });
  return [
    ...(leaving ? ["shutting down"] : []),
    ...(bundle === undefined ? ["certificates: none could be read or made yet"] : []),
    ...(missing.length > 0 ? [`caches: ${missing.join(", ")} are not read yet`] : []),
    ...(registered ? [] : ["webhook registration: the stored configurations do not name our certificates yet"]),
  ];
};
