import {
  balancerConditions,
  endpointConditions,
  endpointRules,
  routeConditions,
  routeRules,
  serviceConditions,
  serviceRules,
} from "../native/exposure-requests.ts";
import { entryOf, type WebhookEntry } from "./webhook-entry.ts";
import type { Registration } from "./webhook-input.ts";
import { strictly, zoneEntries } from "./zone-entries.ts";

/** The entries for what may lead into zones or out of them besides policies. */
export const exposureEntries = (registration: Registration): readonly WebhookEntry[] => {
  const { validateExposure: validate, warnExposure: warn } = registration.paths;
  return [
    { noun: "services", rules: serviceRules, conditions: serviceConditions },
    { noun: "endpoints", rules: endpointRules, conditions: endpointConditions },
    { noun: "routes", rules: routeRules, conditions: routeConditions },
  ].flatMap((judged) => zoneEntries(registration, { ...judged, validate, warn }));
};

/** The entry that gives balancers their nodes. It fails open, for a balancer without them is refused anyway. */
export const balancerEntries = (registration: Registration): readonly WebhookEntry[] => {
  const entry = entryOf(registration, serviceRules, "Ignore");
  const { mutateServices } = registration.paths;
  return [entry("balancers.domicile.dev", mutateServices, strictly(registration), balancerConditions)];
};
