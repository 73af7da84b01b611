import { certificatesIn } from "../certificates/pem.ts";
import { rememberTrust, type Trust } from "../certificates/trust.ts";
import type { Stores } from "../controllers/cache.ts";
import { bundlesOf } from "../controllers/registration-facts.ts";
import { configurationName } from "../controllers/webhook-configurations.ts";

/** Remembers since when every entry of both stored webhook configurations names an authority, and has `hear` know of every change to them. */
export const watchTrust = (
  { mutatingWebhooks, validatingWebhooks }: Stores,
  monotonic: () => number,
  hear: () => void,
): Pick<Trust, "named" | "trustedMs"> => {
  const trust = rememberTrust(monotonic);
  const stores = [mutatingWebhooks, validatingWebhooks];
  const look = (): void => {
    const bundles = stores.map(({ view }) => {
      const live = view.get(configurationName);
      return live === undefined ? [] : bundlesOf(live).map((bundle) => new Set(certificatesIn(bundle)));
    });
    const [first = new Set<string>(), ...others] = bundles.flat();
    const everywhere = bundles.every(({ length }) => length > 0) ? first : new Set<string>();
    trust.look(new Set([...everywhere].filter((authority) => others.every((bundle) => bundle.has(authority)))));
    hear();
  };
  for (const store of stores) store.subscribe(look);
  look();
  return trust;
};
