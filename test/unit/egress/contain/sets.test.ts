import assert from "node:assert/strict";
import { test } from "node:test";
import { policyKinds } from "../../../../src/api/policy-kinds.ts";
import { contain } from "../../../../src/egress/contain.ts";
import { allowed } from "./known-zone.ts";

const set = (kind: string, metadata: object, nets: readonly string[] = ["192.0.2.0/24"]): unknown => ({
  apiVersion: "projectcalico.org/v3",
  kind,
  metadata: { name: "theirs", ...metadata },
  spec: { nets },
});
const annotated = (labels: object): object => ({
  annotations: { "projectcalico.org/metadata": JSON.stringify({ labels }) },
});

const verdicts: Readonly<Record<string, readonly [set: unknown, kind: string]>> = {
  "a NetworkSet in a zone's namespace": [set("NetworkSet", { namespace: "payments" }), "wider"],
  "an empty NetworkSet in a zone's namespace": [set("NetworkSet", { namespace: "payments" }, []), "contained"],
  "a NetworkSet in a zone's namespace with an address that nobody can read": [
    set("NetworkSet", { namespace: "payments" }, ["abroad"]),
    "unproved",
  ],
  "a NetworkSet elsewhere": [set("NetworkSet", { namespace: "monitoring", labels: { app: "a" } }), "contained"],
  "a NetworkSet elsewhere that says it is sealed for the zone": [
    set("NetworkSet", { namespace: "monitoring", labels: { "pcns.domicile.dev/sealed": "us" } }),
    "wider",
  ],
  "a NetworkSet elsewhere that says it is sealed for another zone": [
    set("NetworkSet", { namespace: "monitoring", labels: { "pcns.domicile.dev/sealed": "eu" } }),
    "contained",
  ],
  "a GlobalNetworkSet": [set("GlobalNetworkSet", { labels: { app: "a" } }), "contained"],
  "a GlobalNetworkSet that says it is in a zone's namespace": [
    set("GlobalNetworkSet", { labels: { "projectcalico.org/namespace": "payments" } }),
    "wider",
  ],
  "a GlobalNetworkSet with a namespace written in it, which it has not": [
    set("GlobalNetworkSet", { namespace: "payments" }),
    "contained",
  ],
  "a GlobalNetworkSet that says so where Calico's API server keeps labels": [
    set("GlobalNetworkSet", annotated({ "pcns.kubernetes.io/metadata.name": "payments" })),
    "wider",
  ],
};

for (const [what, [policy, kind]] of Object.entries(verdicts))
  test(`E2 Calico: ${what}: ${kind}`, () => {
    const verdict = contain(policy, allowed);
    assert.equal(verdict.kind, kind, JSON.stringify(verdict));
  });

test("E2 every kind that is watched and asked about can be judged, by every group that serves it", () => {
  for (const { group, version, kind, namespaced } of policyKinds) {
    const metadata = namespaced ? { namespace: "payments" } : {};
    const verdict = contain({ apiVersion: `${group}/${version}`, kind, metadata, spec: {} }, allowed);
    assert.doesNotMatch(JSON.stringify(verdict), /is no kind of policy that is known here/);
  }
});
