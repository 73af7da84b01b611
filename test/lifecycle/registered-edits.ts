import { ref, type KubeObject } from "../cluster/objects.ts";

/** What tells the API server whom to ask. */
export const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;
export type Kind = (typeof kinds)[number];
/** The one of a kind that Domicile makes. */
export const configuration = (kind: Kind) => ref("admissionregistration.k8s.io/v1", kind, "domicile");

/** One entry of a configuration. */
export type Entry = Readonly<Record<string, unknown>>;
/** All of them. */
export const entriesOf = (object: KubeObject): readonly Entry[] => (object["webhooks"] ?? []) as readonly Entry[];
/** Changes every entry. */
export const each =
  (change: (entry: Entry, authority: string) => Entry): Edit[1] =>
  (kind, entries, authority) => ({
    ...configuration(kind),
    webhooks: entries.map((entry) => change(entry, authority)),
  });

/** How a repair is told of, and what is written before; nothing means that it is deleted. `authority` is another's, PEM. */
export type Edit = readonly [
  note: RegExp,
  edit: (kind: Kind, entries: readonly Entry[], authority: string) => object | undefined,
];
/** What somebody does to a webhook configuration. */
export const edits: Readonly<Record<string, Edit>> = {
  "failures are ignored": [
    /webhooks\[.+ and \d+ more\]\.failurePolicy was Ignore and is Fail again/,
    each((entry) => ({ ...entry, failurePolicy: "Ignore" })),
  ],
  "namespaces are left out": [
    /\.namespaceSelector was changed/,
    each((entry) => ({ ...entry, namespaceSelector: { matchLabels: { no: "namespace" } } })),
  ],
  "a condition lets every pod pass": [
    /\.matchConditions was changed/,
    each((entry) => ({ ...entry, matchConditions: [{ name: "never", expression: "false" }] })),
  ],
  "another service is called": [
    /\.clientConfig\.service was changed; .*\.clientConfig\.caBundle was changed/,
    each((entry) => ({
      ...entry,
      clientConfig: { service: { name: "other", namespace: "default", path: "/", port: 443 } },
    })),
  ],
  "another authority is trusted": [
    /\]\.clientConfig\.caBundle was changed\. Last/,
    each((entry, authority) => ({
      ...entry,
      clientConfig: {
        ...(entry["clientConfig"] as object),
        caBundle: Buffer.from(authority).toString("base64"),
      },
    })),
  ],
  "an answer is waited for too briefly": [
    /\.timeoutSeconds was 1 and is 2 again/,
    each((entry) => ({ ...entry, timeoutSeconds: 1 })),
  ],
  "entries are taken away": [/\] was taken away/, (_kind, entries) => ({ webhooks: entries.slice(0, 1) })],
  "all entries are taken away": [
    /webhooks\[unsealed\.(pods|bindings)\.domicile\.dev, .*\] was taken away/,
    () => ({ webhooks: [] }),
  ],
  "an entry is added": [
    /webhooks\[added\.by\.somebody\.else\] was added/,
    (_kind, entries) => ({ webhooks: [...entries, { ...entries[0], name: "added.by.somebody.else" }] }),
  ],
  "its owner is taken away": [/metadata\.ownerReferences was changed/, () => ({ metadata: { ownerReferences: [] } })],
  "what tells of edits is taken away": [
    /metadata\.annotations\[domicile\.dev\/digest\] was changed/,
    () => ({ metadata: { annotations: null } }),
  ],
  "it is deleted": [/It was deleted\./, () => undefined],
};

/** The kind of native policies. */
export const policyKind = "ValidatingAdmissionPolicy";
const bindingKind = "ValidatingAdmissionPolicyBinding";
type PolicyEdit = readonly [kind: string, name: string, patch: object | undefined, note: RegExp];
/** What somebody does to a native policy or its binding: what is written, and how its repair is told of. */
export const policyEdits: Readonly<Record<string, PolicyEdit>> = {
  "a policy of Domicile's is ignored where it fails": [
    policyKind,
    "domicile-pods",
    { spec: { failurePolicy: "Ignore" } },
    /spec\.failurePolicy was Ignore and is Fail again\. Last written by somebody at 20/,
  ],
  "a policy of Domicile's lets everything pass": [
    policyKind,
    "domicile-pods",
    { spec: { validations: [{ expression: "true" }] } },
    /spec\.validations was changed/,
  ],
  "a policy of Domicile's is never asked": [
    policyKind,
    "domicile-pods",
    { spec: { matchConditions: [{ name: "never", expression: "false" }] } },
    /spec\.matchConditions was changed/,
  ],
  "a binding of Domicile's only audits": [
    bindingKind,
    "domicile-pods",
    { spec: { validationActions: ["Audit"] } },
    /spec\.validationActions was changed/,
  ],
  "a policy of Domicile's gets a condition more": [
    policyKind,
    "domicile-membership",
    {
      spec: {
        matchConditions: [
          { name: "is-made-or-changes-zone", expression: "false" },
          { name: "never", expression: "false" },
        ],
      },
    },
    /spec\.matchConditions was changed/,
  ],
  "the owner of a policy of Domicile's is taken away": [
    policyKind,
    "domicile-bindings",
    { metadata: { ownerReferences: [] } },
    /metadata\.ownerReferences was changed/,
  ],
  // Told because it was put back before: version 0.1.0 left nothing that tells, and an upgrade is nobody's edit.
  "what tells of edits of Domicile's policy is taken away": [
    policyKind,
    "domicile-bindings",
    { metadata: { annotations: null } },
    /metadata\.annotations\[domicile\.dev\/digest\] was changed/,
  ],
  "a policy of Domicile's is deleted": [policyKind, "domicile-pods", undefined, /It was deleted\./],
  "a policy of the chart is ignored where it fails": [
    policyKind,
    "domicile-sealed-label",
    { spec: { failurePolicy: "Ignore" } },
    /spec\.failurePolicy was Ignore and is Fail again\. Last written by somebody at 20/,
  ],
  "a policy of the chart names another user": [
    policyKind,
    "domicile-node-labels",
    { spec: { matchConditions: [{ name: "not-domicile", expression: "request.userInfo.username != 'thief'" }] } },
    /spec\.matchConditions was changed/,
  ],
  "a binding of the chart is narrowed": [
    bindingKind,
    "domicile-policies",
    { spec: { matchResources: { namespaceSelector: { matchLabels: { no: "namespace" } } } } },
    /spec\.matchResources was changed/,
  ],
  "a policy of the chart is deleted": [policyKind, "domicile-definitions", undefined, /It was deleted\./],
  "a binding of the chart is deleted": [bindingKind, "domicile-sealed-label", undefined, /It was deleted\./],
};
