import { zoneLabel } from "../api/names.ts";
import { balancerEntries, exposureEntries } from "./exposure-entries.ts";
import { clusterPolicyEntry } from "./kind-entries.ts";
import { approvalEntries } from "./approval-entries.ts";
import { lenientEntries } from "./lenient-entries.ts";
import { movedEntries, namedEntries } from "./namespace-entries.ts";
import { policyEntries } from "./policy-entries.ts";
import { metadataOf, type Registered } from "./registered.ts";
import { judgedBindings, judgedPods, sealedEntryName, strictEntries } from "./strict-entries.ts";
import { changesTemplate, ownedByNoController } from "./webhook-conditions.ts";
import { entryOf, exists, templateRules, type WebhookEntry } from "./webhook-entry.ts";
import type { Registration } from "./webhook-input.ts";

/** Both configurations bear this name, and RBAC lets Domicile touch these two alone. */
export const configurationName = "domicile";

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
  const { paths, judgedNatively } = registration;
  return {
    mutating: configuration("MutatingWebhookConfiguration", registration, [
      ...strictEntries(registration, judgedPods, paths.mutatePods).map(reinvoked),
      ...namedEntries(registration).map(reinvoked),
      ...templateEntries(registration).map(reinvoked),
      ...balancerEntries(registration).map(reinvoked),
    ]),
    validating: configuration("ValidatingWebhookConfiguration", registration, [
      // Native policy is asked before, refuses the same and more, and costs less. Whatever becomes of it, what mutates
      // pods judges them too, so all that a moment without both misses is what another webhook changes after ours.
      ...(judgedNatively ? [] : strictEntries(registration, judgedPods, paths.validatePods)),
      ...strictEntries(registration, judgedBindings, paths.bindPods),
      ...lenientEntries(registration),
      ...movedEntries(registration),
      ...policyEntries(registration),
      ...exposureEntries(registration),
      clusterPolicyEntry(registration),
      ...approvalEntries(registration),
    ]),
  };
};

/** Whether a stored configuration has the entry that judges the pods, or the Bindings, of this zone. */
export const hasEntryFor = (zone: string, what: "pods" | "bindings", entryNames: readonly string[]): boolean =>
  entryNames.includes(sealedEntryName(zone, what === "pods" ? judgedPods : judgedBindings));

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
