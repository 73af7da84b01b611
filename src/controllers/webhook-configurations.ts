import { managedByLabel, managedByValue, namespaceNameLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import type { LabelSelector } from "../api/kubernetes.ts";
import type { Enforcement } from "../zone/zone.ts";
import {
  changesTemplate,
  decidesPlacement,
  notProvablyInPlace,
  ownedByNoController,
  type MatchCondition,
} from "./webhook-conditions.ts";

/** Both configurations bear this name, and RBAC lets Domicile touch these two alone. */
export const configurationName = "domicile";

export type Registration = {
  /** Zones by name, with the mode each is in. */
  readonly zones: ReadonlyMap<string, Enforcement>;
  /** Namespaces no webhook may ever match: Domicile's own and the zones' DNS namespaces. */
  readonly exempt: readonly string[];
  readonly service: { readonly name: string; readonly namespace: string; readonly port: number };
  readonly paths: { readonly mutatePods: string; readonly validatePods: string; readonly mutateTemplates: string };
  /** PEM. */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  /** The ClusterRole whose deletion takes the configurations away, whatever order an uninstall goes in. */
  readonly owner: { readonly name: string; readonly uid: string };
};

type Rule = {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE")[];
  readonly scope: "Namespaced";
};

/** One entry of a configuration, with every field written out, so that repair can compare it with what is stored. */
export type WebhookEntry = {
  readonly name: string;
  readonly clientConfig: {
    readonly service: {
      readonly name: string;
      readonly namespace: string;
      readonly path: string;
      readonly port: number;
    };
    readonly caBundle: string;
  };
  readonly rules: readonly Rule[];
  readonly failurePolicy: "Fail" | "Ignore";
  readonly matchPolicy: "Equivalent";
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly matchConditions?: readonly MatchCondition[];
  readonly reinvocationPolicy?: "IfNeeded";
  readonly sideEffects: "None";
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly ["v1"];
};

export type WebhookConfiguration = {
  readonly apiVersion: "admissionregistration.k8s.io/v1";
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly object[];
  };
  readonly webhooks: readonly WebhookEntry[];
};

type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];

const podRules: readonly Rule[] = [
  { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE", "UPDATE"], scope: "Namespaced" },
];

const templateRules: readonly Rule[] = [
  {
    apiGroups: ["apps"],
    apiVersions: ["v1"],
    resources: ["deployments", "statefulsets", "daemonsets", "replicasets"],
    operations: ["CREATE", "UPDATE"],
    scope: "Namespaced",
  },
  {
    apiGroups: ["batch"],
    apiVersions: ["v1"],
    resources: ["cronjobs"],
    operations: ["CREATE", "UPDATE"],
    scope: "Namespaced",
  },
  { apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs"], operations: ["CREATE"], scope: "Namespaced" },
];

const is = (key: string, ...values: readonly string[]): Requirement => ({
  key,
  operator: "In",
  values: [...values].toSorted(),
});
const isNot = (key: string, ...values: readonly string[]): Requirement => ({
  key,
  operator: "NotIn",
  values: [...values].toSorted(),
});
const exists = (key: string): Requirement => ({ key, operator: "Exists" });
const absent = (key: string): Requirement => ({ key, operator: "DoesNotExist" });

/** The two configurations for these zones: the same zones give the same bytes, in whatever order they came. */
export const webhookConfigurations = (
  registration: Registration,
): { readonly mutating: WebhookConfiguration; readonly validating: WebhookConfiguration } => {
  const { paths } = registration;
  const templates = templateEntries(registration);
  return {
    mutating: configuration("MutatingWebhookConfiguration", registration, [
      ...podEntries(registration, paths.mutatePods).map(reinvoked),
      ...templates.map(reinvoked),
    ]),
    validating: configuration(
      "ValidatingWebhookConfiguration",
      registration,
      podEntries(registration, paths.validatePods),
    ),
  };
};

/** Whether a stored configuration has the entry that judges the pods of this zone. */
export const hasEntryFor = (zone: string, entryNames: readonly string[]): boolean =>
  entryNames.includes(sealedEntryName(zone));

const sealedEntryName = (zone: string): string => `${zone}.zone.pods.domicile.dev`;

const podEntries = (registration: Registration, path: string): readonly WebhookEntry[] => {
  const enforcing = zonesIn(registration, "Enforce");
  const lenient = [...zonesIn(registration, "Warn"), ...zonesIn(registration, "Audit")];
  const known = [...enforcing, ...lenient];
  const entry = entryOf(registration, path, podRules);
  const notLenient = lenient.length > 0 ? [isNot(zoneLabel, ...lenient)] : [];
  return [
    // Not sealed yet: whatever comes is refused or pinned by a call, so there are no conditions.
    entry(
      "unsealed.pods.domicile.dev",
      "Fail",
      [exists(zoneLabel), absent(sealedLabel), ...notLenient],
      [decidesPlacement],
    ),
    // Sealed for a zone that is no longer there: nothing that is known would be safe.
    entry(
      "unknown.pods.domicile.dev",
      "Fail",
      [exists(zoneLabel), exists(sealedLabel), ...(known.length > 0 ? [isNot(zoneLabel, ...known)] : [])],
      [decidesPlacement],
    ),
    ...(lenient.length > 0
      ? [entry("lenient.pods.domicile.dev", "Ignore", [is(zoneLabel, ...lenient)], [decidesPlacement])]
      : []),
    ...enforcing.map((zone) =>
      entry(
        sealedEntryName(zone),
        "Fail",
        [is(zoneLabel, zone), exists(sealedLabel)],
        [decidesPlacement, notProvablyInPlace(zone)],
      ),
    ),
  ];
};

/** Templates fail open, for their pods are judged anyway. */
const templateEntries = (registration: Registration): readonly WebhookEntry[] => {
  const entry = entryOf(registration, registration.paths.mutateTemplates, templateRules);
  return [entry("templates.domicile.dev", "Ignore", [exists(zoneLabel)], [ownedByNoController, changesTemplate])];
};

const entryOf =
  (registration: Registration, path: string, rules: readonly Rule[]) =>
  (
    name: string,
    failurePolicy: "Fail" | "Ignore",
    namespaces: readonly Requirement[],
    matchConditions: readonly MatchCondition[],
  ): WebhookEntry => ({
    name,
    clientConfig: {
      service: {
        name: registration.service.name,
        namespace: registration.service.namespace,
        path,
        port: registration.service.port,
      },
      caBundle: base64(registration.caBundle),
    },
    rules,
    failurePolicy,
    matchPolicy: "Equivalent",
    namespaceSelector: { matchExpressions: [...namespaces, isNot(namespaceNameLabel, ...registration.exempt)] },
    objectSelector: {},
    matchConditions,
    sideEffects: "None",
    timeoutSeconds: registration.timeoutSeconds,
    admissionReviewVersions: ["v1"],
  });

const reinvoked = (entry: WebhookEntry): WebhookEntry => ({ ...entry, reinvocationPolicy: "IfNeeded" });

const configuration = (
  kind: WebhookConfiguration["kind"],
  { owner }: Registration,
  webhooks: readonly WebhookEntry[],
): WebhookConfiguration => ({
  apiVersion: "admissionregistration.k8s.io/v1",
  kind,
  metadata: {
    name: configurationName,
    labels: { [managedByLabel]: managedByValue },
    ownerReferences: [
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: owner.name, uid: owner.uid },
    ],
  },
  webhooks,
});

const zonesIn = ({ zones }: Registration, mode: Enforcement): readonly string[] =>
  [...zones]
    .filter(([, enforcement]) => enforcement === mode)
    .map(([name]) => name)
    .toSorted();

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
