import { zoneLabel } from "../api/names.ts";
import type { MatchCondition, ResourceRule } from "../native/policy.ts";
import type { Registration } from "./webhook-input.ts";
import { entryOf, exists, is, isNot, type Requirement, type WebhookEntry } from "./webhook-entry.ts";
import { lenientZones } from "./zone-modes.ts";

/** Something other than pods that is judged in every namespace of a zone. */
export type JudgedInZones = {
  readonly noun: string;
  readonly rules: readonly ResourceRule[];
  readonly conditions: readonly MatchCondition[];
  /** Where it is judged in zones that enforce, and in those that only warn or count. */
  readonly validate: string;
  readonly warn: string;
};

/** The namespaces of zones that enforce, or that nobody knows. */
export const strictly = ({ zones }: Pick<Registration, "zones">): readonly Requirement[] => {
  const lenient = lenientZones(zones);
  return [exists(zoneLabel), ...(lenient.length > 0 ? [isNot(zoneLabel, ...lenient)] : [])];
};

/**
 * One entry for all zones that enforce, or that nobody knows, and one for the others: what is judged so is written
 * seldom, and every entry is matched against every request of the cluster.
 */
export const zoneEntries = (
  registration: Registration,
  { noun, rules, conditions, validate, warn }: JudgedInZones,
): readonly WebhookEntry[] => {
  const lenient = lenientZones(registration.zones);
  const strict = entryOf(registration, rules, "Fail");
  const open = entryOf(registration, rules, "Ignore");
  return [
    strict(`${noun}.domicile.dev`, validate, strictly(registration), conditions),
    ...(lenient.length > 0
      ? [
          {
            ...open(`lenient.${noun}.domicile.dev`, warn, [is(zoneLabel, ...lenient)], conditions),
            // Audit tells by an event of what it did not refuse, unless the request is a dry run.
            sideEffects: "NoneOnDryRun" as const,
          },
        ]
      : []),
  ];
};
