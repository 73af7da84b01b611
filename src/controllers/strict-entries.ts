import { sealedLabel, zoneLabel } from "../api/names.ts";
import { decidesPlacement } from "../native/pod-conditions.ts";
import type { MatchCondition, ResourceRule } from "../native/policy.ts";
import { bindingRules, podRules } from "../native/zone-requests.ts";
import { neverSealed } from "../zone/exempt.ts";
import { notProvablyInPlace, notSafelyBound } from "./webhook-conditions.ts";
import { absent, entryOf, exists, is, isNot, type EntrySettings, type WebhookEntry } from "./webhook-entry.ts";
import { lenientZones, zonesIn, type ZoneModes } from "./zone-modes.ts";

/** Something that is judged in every namespace of a zone, and which of it needs no call. */
type Judged = {
  readonly noun: string;
  readonly rules: readonly ResourceRule[];
  /** Conditions of every entry for namespaces in which no shape is safe. */
  readonly always: readonly MatchCondition[];
  /** The one condition in a namespace sealed for the zone, where some of it is safe. */
  readonly unlessSafe: (zone: string, zones: ZoneModes) => MatchCondition;
};

/** Pods, but none of their subresources. */
export const judgedPods: Judged = {
  noun: "pods",
  rules: podRules,
  always: [decidesPlacement],
  unlessSafe: (zone, zones) => notProvablyInPlace(zone, zones.get(zone)?.exclusive === true),
};

/** Bindings through both doors. */
export const judgedBindings: Judged = {
  noun: "bindings",
  rules: bindingRules,
  always: [],
  unlessSafe: (zone, zones) => notSafelyBound(zones.get(zone)?.schedulers ?? []),
};

/** The name of the entry for namespaces that are sealed for their zone. */
export const sealedEntryName = (zone: string, { noun }: Judged): string => `${zone}.zone.${noun}.domicile.dev`;

/** The entries that fail closed: each namespace of a zone that enforces, or that nobody knows, meets exactly one. */
export const strictEntries = (
  settings: EntrySettings & { readonly zones: ZoneModes },
  judged: Judged,
  path: string,
): readonly WebhookEntry[] => {
  const { zones } = settings;
  const { noun, rules, always, unlessSafe } = judged;
  const enforcing = zonesIn(zones, "Enforce");
  const lenient = lenientZones(zones);
  const known = [...enforcing, ...lenient];
  const entry = entryOf(settings, rules, "Fail");
  // Hundreds of entries, and whatever DNS is exempt is not sealed: named in each of them it would fill what etcd takes.
  const sealed = entryOf({ ...settings, exempt: neverSealed(settings.service.namespace) }, rules, "Fail");
  const notIn = (names: readonly string[]) => (names.length > 0 ? [isNot(zoneLabel, ...names)] : []);
  return [
    // Not sealed yet: whatever comes is refused or pinned by a call, so there are no conditions on its shape.
    entry(`unsealed.${noun}.domicile.dev`, path, [exists(zoneLabel), absent(sealedLabel), ...notIn(lenient)], always),
    // Sealed for a zone that is no longer there: nothing that is known would be safe.
    entry(`unknown.${noun}.domicile.dev`, path, [exists(zoneLabel), exists(sealedLabel), ...notIn(known)], always),
    ...enforcing.map((zone) =>
      sealed(
        sealedEntryName(zone, judged),
        `${path}/${zone}`,
        [is(zoneLabel, zone), is(sealedLabel, zone)],
        [unlessSafe(zone, zones)],
      ),
    ),
    // Still sealed for the zone it left: the policies that stand are that zone's, so no shape is safe.
    ...enforcing.map((zone) =>
      sealed(
        `${zone}.moved.${noun}.domicile.dev`,
        `${path}/${zone}`,
        [is(zoneLabel, zone), exists(sealedLabel), isNot(sealedLabel, zone)],
        always,
      ),
    ),
  ];
};
