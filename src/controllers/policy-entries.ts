import { zoneLabel } from "../api/names.ts";
import { notDomicile } from "../native/policy.ts";
import { changesSpec, policyRules } from "../native/zone-requests.ts";
import type { Registration } from "./webhook-input.ts";
import { entryOf, exists, is, isNot, type WebhookEntry } from "./webhook-entry.ts";
import { lenientZones } from "./zone-modes.ts";

/**
 * The entries for NetworkPolicies that others write into zones. One for all zones that enforce, or that nobody knows:
 * a policy is written seldom, and every entry is matched against every request of the cluster.
 */
export const policyEntries = (registration: Registration): readonly WebhookEntry[] => {
  const { zones, paths, user } = registration;
  const lenient = lenientZones(zones);
  const conditions = [notDomicile(user), changesSpec];
  const strict = entryOf(registration, policyRules, "Fail");
  const open = entryOf(registration, policyRules, "Ignore");
  const notLenient = lenient.length > 0 ? [isNot(zoneLabel, ...lenient)] : [];
  return [
    strict("policies.domicile.dev", paths.validatePolicies, [exists(zoneLabel), ...notLenient], conditions),
    ...(lenient.length > 0
      ? [
          {
            ...open("lenient.policies.domicile.dev", paths.warnPolicies, [is(zoneLabel, ...lenient)], conditions),
            // Audit tells by an event of what it did not refuse, unless the request is a dry run.
            sideEffects: "NoneOnDryRun" as const,
          },
        ]
      : []),
  ];
};
