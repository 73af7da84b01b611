import { notDomicile } from "../native/policy.ts";
import { changesSpec, policyRules } from "../native/zone-requests.ts";
import type { WebhookEntry } from "./webhook-entry.ts";
import type { Registration } from "./webhook-input.ts";
import { zoneEntries } from "./zone-entries.ts";

/** The entries for NetworkPolicies that others write into zones. */
export const policyEntries = (registration: Registration): readonly WebhookEntry[] =>
  zoneEntries(registration, {
    noun: "policies",
    rules: policyRules,
    conditions: [notDomicile(registration.user), changesSpec],
    validate: registration.paths.validatePolicies,
    warn: registration.paths.warnPolicies,
  });
