import assert from "node:assert/strict";
import { test } from "node:test";
import { digestAnnotation } from "../../../src/api/names.ts";
import { differences, lastWriter } from "../../../src/controllers/registration-difference.ts";
import { digestOf } from "../../../src/controllers/registration-digest.ts";
import { asCompiled, asLeft, projectRegistered } from "../../../src/controllers/registration-facts.ts";
import { findingOf, type Left } from "../../../src/controllers/registration-finding.ts";
import { webhookConfigurations, type WebhookConfiguration } from "../../../src/controllers/webhook-configurations.ts";
import type { KubeObject } from "../../../src/kube/kube-object.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { registrationOf } from "./registration-of.ts";

const compiled = (zones: Readonly<Record<string, Enforcement>>): WebhookConfiguration =>
  webhookConfigurations(registrationOf(zones)).validating;
const wanted = compiled({ us: "Enforce", eu: "Enforce", de: "Enforce" });
const before = compiled({ us: "Enforce" });

type Entry = Readonly<Record<string, unknown>>;
const stored = (
  { metadata, webhooks }: WebhookConfiguration,
  change: (entries: readonly Entry[]) => readonly Entry[] = (entries) => entries,
  resourceVersion = "7",
): KubeObject => ({ metadata: { ...metadata, resourceVersion }, webhooks: change(webhooks) });
const each = (change: Entry) => (entries: readonly Entry[]) => entries.map((entry) => ({ ...entry, ...change }));
const ignored = each({ failurePolicy: "Ignore" });
const forged = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    annotations: { [digestAnnotation]: digestOf(object["webhooks"], object.metadata.ownerReferences) },
  },
});

test("O1 a configuration bears a digest of what Domicile wrote, whatever order its fields are stored in", () => {
  const turned = (entries: readonly Entry[]) =>
    entries.map((entry) => Object.fromEntries(Object.entries(entry).toReversed()));
  assert.equal(asLeft(stored(wanted, turned), wanted), true);
  assert.equal(asLeft(stored(wanted, ignored), wanted), false);
  assert.equal(asLeft({ ...stored(wanted), metadata: { ...wanted.metadata, ownerReferences: [] } }, wanted), false);
  assert.equal(asCompiled({ ...stored(wanted), metadata: { ...wanted.metadata, annotations: {} } }, wanted), false);
});

const clean: Left = { wanted: undefined, version: undefined, told: undefined };
const left: Left = { wanted, version: "6", told: undefined };
const gone = stored(wanted);
const undigested: KubeObject = { ...gone, metadata: { ...gone.metadata, annotations: {} } };
const found: Readonly<Record<string, readonly [Left, KubeObject | undefined, KubeObject | undefined, string]>> = {
  "an edit in this term": [left, stored(wanted, ignored), undefined, "edited"],
  "an edit before this replica led": [clean, stored(wanted, ignored), undefined, "edited"],
  "an edit of what was left for other zones": [clean, stored(before, ignored), undefined, "edited"],
  "a forged digest in this term": [left, forged(stored(wanted, ignored)), undefined, "edited"],
  "what version 0.1.0 left, which wrote no digest": [clean, undigested, undefined, "ours"],
  "an edit of that": [clean, { ...undigested, webhooks: [] }, undefined, "edited"],
  "what a former leader left for other zones": [clean, stored(before), undefined, "ours"],
  "what this leader left for other zones": [{ ...left, wanted: before }, stored(before), undefined, "ours"],
  "a put that changed nothing, for what is seen is old": [{ ...left, version: "8" }, gone, undefined, "ours"],
  "an edit that was told": [{ ...left, told: "7" }, stored(wanted, ignored), undefined, "ours"],
  "a first installation": [clean, undefined, undefined, "made"],
  "a deletion in this term": [left, undefined, gone, "deleted"],
  "a deletion before this replica led": [clean, undefined, gone, "deleted"],
  "a deletion that was told": [{ ...left, told: "7" }, undefined, gone, "ours"],
  "another installation, after one that was uninstalled": [
    clean,
    undefined,
    { ...gone, metadata: { ...gone.metadata, ownerReferences: [] } },
    "made",
  ],
};
for (const [sentence, [memory, now, last, kind]] of Object.entries(found))
  test(`O1 ${sentence} is found to be: ${kind}`, () =>
    assert.equal(findingOf(memory, { live: now, last: now ?? last }, wanted, "8").kind, kind));

const sentences: Readonly<Record<string, readonly [KubeObject, readonly string[]]>> = {
  "one field of all entries": [
    stored(wanted, each({ failurePolicy: "Ignore" })),
    [
      "webhooks[unsealed.pods.domicile.dev, unknown.pods.domicile.dev, de.zone.pods.domicile.dev and 20 more].failurePolicy was Ignore and is Fail again",
    ],
  ],
  "the service and the authority one by one": [
    stored(wanted, ([first, ...rest]) => [
      { ...first, clientConfig: { service: { name: "other" }, caBundle: "T1RIRVI=" } },
      ...rest,
    ]),
    [
      "webhooks[unsealed.pods.domicile.dev].clientConfig.service was changed",
      "webhooks[unsealed.pods.domicile.dev].clientConfig.caBundle was T1RIRVI= and is UEVN again",
    ],
  ],
  "entries taken away and added": [
    stored(wanted, ([first, second]) => [{ ...first, name: "other.example.com" }, second ?? {}]),
    [
      "webhooks[unsealed.pods.domicile.dev, de.zone.pods.domicile.dev, eu.zone.pods.domicile.dev and 21 more] was taken away",
      "webhooks[other.example.com] was added",
    ],
  ],
  "entries in another order": [
    stored(wanted, (entries) => entries.toReversed()),
    ["webhooks were put into another order"],
  ],
  "the owner, our label and our digest": [
    { ...stored(wanted), metadata: {} },
    [
      "metadata.ownerReferences was changed",
      "metadata.labels[app.kubernetes.io/managed-by] was changed",
      "metadata.annotations[domicile.dev/digest] was changed",
    ],
  ],
  "something that is no list": [
    { ...stored(wanted), webhooks: 7 },
    [
      "webhooks[unsealed.pods.domicile.dev, unknown.pods.domicile.dev, de.zone.pods.domicile.dev and 22 more] was taken away",
    ],
  ],
};
for (const [sentence, [live, said]] of Object.entries(sentences))
  test(`what was changed is told: ${sentence}`, () => assert.deepEqual(differences(live, wanted), said));

test("who wrote last is told by the name it gave, and never Domicile itself", () => {
  const managedFields = [
    { manager: "kubectl-edit", time: "2026-11-24T08:00:00Z" },
    { manager: "domicile-registration", time: "2026-11-24T10:00:00Z" },
    { manager: "argocd-controller", time: "2026-11-24T09:00:00Z" },
  ];
  assert.equal(lastWriter({ metadata: { managedFields } }), "argocd-controller at 2026-11-24T09:00:00Z");
  assert.equal(lastWriter({ metadata: { managedFields: managedFields.slice(1, 2) } }), undefined);
});

test("who wrote an object's status wrote nothing of what is judged by", () => {
  const { metadata } = projectRegistered({
    metadata: {
      managedFields: [
        { manager: "kubectl-edit", time: "2026-11-24T08:00:00Z" },
        { manager: "kube-controller-manager", time: "2026-11-24T08:00:01Z", subresource: "status" },
      ],
    },
    spec: {},
  });
  assert.equal(lastWriter({ metadata }), "kubectl-edit at 2026-11-24T08:00:00Z");
});
