import { notDomicile } from "../native/policy.ts";
import { policyRules } from "../native/zone-requests.ts";
import { changesWhatIsJudged, rulesOf } from "./kind-entries.ts";
import type { WebhookEntry } from "./webhook-entry.ts";
import type { Registration } from "./webhook-input.ts";
import { zoneEntries } from "./zone-entries.ts";

/** The entries for policies, of whatever kind, that others write into zones. */
export const policyEntries = (registration: Registration): readonly WebhookEntry[] =>
  zoneEntries(registration, {
    noun: "policies",
    rules: [...policyRules, ...rulesOf("Namespaced")],
    conditions: [notDomicile(registration.user), changesWhatIsJudged],
    validate: registration.paths.validatePolicies,
    warn: registration.paths.warnPolicies,
  });
