import type { LabelSelector } from "../api/kubernetes.ts";
import { namespaceNameLabel } from "../api/names.ts";
import type { MatchCondition, ResourceRule } from "../native/policy.ts";

/** What all entries have in common. */
export type EntrySettings = {
  readonly service: { readonly name: string; readonly namespace: string; readonly port: number };
  /** PEM. */
  readonly caBundle: string;
  readonly timeoutSeconds: number;
  /** Namespaces no webhook may ever match: Domicile's own and the zones' DNS namespaces. */
  readonly exempt: readonly string[];
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
  readonly rules: readonly ResourceRule[];
  readonly failurePolicy: "Fail" | "Ignore";
  readonly matchPolicy: "Equivalent";
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  readonly matchConditions?: readonly MatchCondition[];
  readonly reinvocationPolicy?: "IfNeeded";
  readonly sideEffects: "None" | "NoneOnDryRun";
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly ["v1"];
};

/** One requirement of a label selector. */
export type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];

/** Whatever makes pods from a template. Jobs on CREATE only: their templates are immutable. */
export const templateRules: readonly ResourceRule[] = [
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

/** The label has one of these values. */
export const is = (key: string, ...values: readonly string[]): Requirement => ({
  key,
  operator: "In",
  values: [...values].toSorted(),
});
/** The label has none of these values, or is not there. */
export const isNot = (key: string, ...values: readonly string[]): Requirement => ({
  key,
  operator: "NotIn",
  values: [...values].toSorted(),
});
/** The label is there. */
export const exists = (key: string): Requirement => ({ key, operator: "Exists" });
/** The label is not there. */
export const absent = (key: string): Requirement => ({ key, operator: "DoesNotExist" });

/** Makes entries for some rules: all say the same but for name, path, namespaces and conditions. */
export const entryOf =
  (settings: EntrySettings, rules: readonly ResourceRule[], failurePolicy: "Fail" | "Ignore") =>
  (
    name: string,
    path: string,
    namespaces: readonly Requirement[],
    matchConditions: readonly MatchCondition[],
  ): WebhookEntry => ({
    name,
    clientConfig: {
      service: {
        name: settings.service.name,
        namespace: settings.service.namespace,
        path,
        port: settings.service.port,
      },
      caBundle: base64(settings.caBundle),
    },
    rules,
    failurePolicy,
    matchPolicy: "Equivalent",
    namespaceSelector: { matchExpressions: [...namespaces, isNot(namespaceNameLabel, ...settings.exempt)] },
    objectSelector: {},
    // The API server stores no empty list, and repair compares with what is stored.
    ...(matchConditions.length > 0 ? { matchConditions } : {}),
    sideEffects: "None",
    timeoutSeconds: settings.timeoutSeconds,
    admissionReviewVersions: ["v1"],
  });

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
