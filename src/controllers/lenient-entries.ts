import { zoneLabel } from "../api/names.ts";
import { decidesPlacement } from "../native/pod-conditions.ts";
import { bindingRules, podRules } from "../native/zone-requests.ts";
import { entryOf, is, type EntrySettings, type WebhookEntry } from "./webhook-entry.ts";
import { judgedBindings } from "./strict-entries.ts";
import { lenientZones, type ZoneModes } from "./zone-modes.ts";

/** Where zones that only warn or count have their pods and Bindings judged. */
type LenientPaths = { readonly warnPods: string; readonly warnBindings: string };

/** Zones that only warn or count: nothing is changed there, and nothing may be held up. */
export const lenientEntries = (
  settings: EntrySettings & { readonly zones: ZoneModes; readonly paths: LenientPaths },
): readonly WebhookEntry[] => {
  const { zones, paths } = settings;
  const lenient = lenientZones(zones);
  if (lenient.length === 0) return [];
  const pods = entryOf(settings, podRules, "Ignore");
  const bindings = entryOf(settings, bindingRules, "Ignore");
  return [
    pods("lenient.pods.domicile.dev", paths.warnPods, [is(zoneLabel, ...lenient)], [decidesPlacement]),
    // The zone's schedulers bind what is not pinned wherever they like; that is no news of a zone that does not pin.
    ...lenient.map((zone) =>
      bindings(
        `${zone}.lenient.bindings.domicile.dev`,
        paths.warnBindings,
        [is(zoneLabel, zone)],
        [judgedBindings.unlessSafe(zone, zones)],
      ),
    ),
    // Audit tells by an event of what it did not refuse, unless the request is a dry run.
  ].map((entry) => ({ ...entry, sideEffects: "NoneOnDryRun" }));
};
