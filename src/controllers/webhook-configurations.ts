import { sealedLabel, zoneLabel } from "../api/names.ts";
import { decidesPlacement } from "../native/pod-conditions.ts";
import type { Enforcement } from "../zone/zone.ts";
import { metadataOf, type Owner, type Registered } from "./registered.ts";
import { changesTemplate, notProvablyInPlace, ownedByNoController } from "./webhook-conditions.ts";
import {
  absent,
  entryOf,
  exists,
  is,
  isNot,
  podRules,
  templateRules,
  type EntrySettings,
  type WebhookEntry,
} from "./webhook-entry.ts";

/** Both configurations bear this name, and RBAC lets Domicile touch these two alone. */
export const configurationName = "domicile";

/** What both configurations are compiled from. */
export type Registration = EntrySettings & {
  /** Zones by name, with the mode each is in. */
  readonly zones: ReadonlyMap<string, Enforcement>;
  /** Paths; entries of sealed namespaces append their zone, so that we know what the API server saw. */
  readonly paths: {
    readonly mutatePods: string;
    readonly validatePods: string;
    readonly warnPods: string;
    readonly mutateTemplates: string;
  };
  readonly owner: Owner;
};

/** A configuration with every field that we own. */
export type WebhookConfiguration = {
  readonly apiVersion: "admissionregistration.k8s.io/v1";
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  readonly metadata: Registered["metadata"];
  readonly webhooks: readonly WebhookEntry[];
};

/** The two configurations for these zones: the same zones give the same bytes, in whatever order they came. */
export const webhookConfigurations = (
  registration: Registration,
): { readonly mutating: WebhookConfiguration; readonly validating: WebhookConfiguration } => {
  const { paths } = registration;
  return {
    mutating: configuration("MutatingWebhookConfiguration", registration, [
      ...strictEntries(registration, paths.mutatePods).map(reinvoked),
      ...templateEntries(registration).map(reinvoked),
    ]),
    validating: configuration("ValidatingWebhookConfiguration", registration, [
      ...strictEntries(registration, paths.validatePods),
      ...lenientEntries(registration),
    ]),
  };
};

/** Whether a stored configuration has the entry that judges the pods of this zone. */
export const hasEntryFor = (zone: string, entryNames: readonly string[]): boolean =>
  entryNames.includes(sealedEntryName(zone));

const sealedEntryName = (zone: string): string => `${zone}.zone.pods.domicile.dev`;

const lenientZones = (registration: Registration): readonly string[] => [
  ...zonesIn(registration, "Warn"),
  ...zonesIn(registration, "Audit"),
];

const strictEntries = (registration: Registration, path: string): readonly WebhookEntry[] => {
  const enforcing = zonesIn(registration, "Enforce");
  const lenient = lenientZones(registration);
  const known = [...enforcing, ...lenient];
  const entry = entryOf(registration, podRules, "Fail");
  const notIn = (zones: readonly string[]) => (zones.length > 0 ? [isNot(zoneLabel, ...zones)] : []);
  return [
    // Not sealed yet: whatever comes is refused or pinned by a call, so there are no conditions on its shape.
    entry(
      "unsealed.pods.domicile.dev",
      path,
      [exists(zoneLabel), absent(sealedLabel), ...notIn(lenient)],
      [decidesPlacement],
    ),
    // Sealed for a zone that is no longer there: nothing that is known would be safe.
    entry(
      "unknown.pods.domicile.dev",
      path,
      [exists(zoneLabel), exists(sealedLabel), ...notIn(known)],
      [decidesPlacement],
    ),
    ...enforcing.map((zone) =>
      entry(
        sealedEntryName(zone),
        `${path}/${zone}`,
        [is(zoneLabel, zone), is(sealedLabel, zone)],
        [decidesPlacement, notProvablyInPlace(zone)],
      ),
    ),
    // Still sealed for the zone it left: the policies that stand are that zone's, so no shape is safe.
    ...enforcing.map((zone) =>
      entry(
        `${zone}.moved.pods.domicile.dev`,
        `${path}/${zone}`,
        [is(zoneLabel, zone), exists(sealedLabel), isNot(sealedLabel, zone)],
        [decidesPlacement],
      ),
    ),
  ];
};

/** Zones that only warn or count: nothing is changed there, and nothing may be held up. */
const lenientEntries = (registration: Registration): readonly WebhookEntry[] => {
  const lenient = lenientZones(registration);
  if (lenient.length === 0) return [];
  const entry = entryOf(registration, podRules, "Ignore");
  const { warnPods } = registration.paths;
  const judged = entry("lenient.pods.domicile.dev", warnPods, [is(zoneLabel, ...lenient)], [decidesPlacement]);
  // Audit tells by an event of what it did not refuse, unless the request is a dry run.
  return [{ ...judged, sideEffects: "NoneOnDryRun" }];
};

/** Templates fail open, for their pods are judged anyway. */
const templateEntries = (registration: Registration): readonly WebhookEntry[] => {
  const entry = entryOf(registration, templateRules, "Ignore");
  const { mutateTemplates } = registration.paths;
  return [
    entry("templates.domicile.dev", mutateTemplates, [exists(zoneLabel)], [ownedByNoController, changesTemplate]),
  ];
};

const reinvoked = (entry: WebhookEntry): WebhookEntry => ({ ...entry, reinvocationPolicy: "IfNeeded" });

const configuration = (
  kind: WebhookConfiguration["kind"],
  { owner }: Registration,
  webhooks: readonly WebhookEntry[],
): WebhookConfiguration => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind,
  metadata: metadataOf(configurationName, webhooks, owner),
  webhooks,
});

const zonesIn = ({ zones }: Registration, mode: Enforcement): readonly string[] =>
  [...zones]
    .filter(([, enforcement]) => enforcement === mode)
    .map(([name]) => name)
    .toSorted();
