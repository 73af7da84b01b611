import assert from "node:assert/strict";
import { test } from "node:test";
import { policyKinds } from "../../../src/api/policy-kinds.ts";
import { webhookConfigurations } from "../../../src/controllers/webhook-configurations.ts";
import { matches } from "../../../src/labels/selector.ts";
import { registrationOf } from "./registration-of.ts";

const { validating } = webhookConfigurations(registrationOf({ us: "Enforce", trial: "Warn" }));

/** The entries that are asked about a kind, in a namespace with these labels. */
const asked = ({ group, version, plural, namespaced }: (typeof policyKinds)[number], labels: object) =>
  validating.webhooks
    .filter(({ rules }) =>
      rules.some(
        ({ apiGroups, apiVersions, resources, scope }) =>
          apiGroups.includes(group) &&
          apiVersions.includes(version) &&
          resources.includes(plural) &&
          scope === (namespaced ? "Namespaced" : "Cluster"),
      ),
    )
    .filter(
      ({ namespaceSelector }) =>
        !namespaced || matches(namespaceSelector, { "kubernetes.io/metadata.name": "payments", ...labels }),
    )
    .map(({ name, failurePolicy }) => `${name} ${failurePolicy}`);

for (const kind of policyKinds) {
  const { group, plural, namespaced } = kind;
  const cluster = ["cluster.policies.domicile.dev Ignore"];
  test(`E2 ${plural}.${group} meet one entry, which ${namespaced ? "fails closed in zones that enforce, and meets none outside" : "fails open"}`, () => {
    assert.deepEqual(asked(kind, { "domicile.dev/zone": "us" }), namespaced ? ["policies.domicile.dev Fail"] : cluster);
    assert.deepEqual(
      asked(kind, { "domicile.dev/zone": "trial" }),
      namespaced ? ["lenient.policies.domicile.dev Ignore"] : cluster,
    );
    assert.deepEqual(asked(kind, {}), namespaced ? [] : cluster);
  });
}
