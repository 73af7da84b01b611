import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { paths } from "../../../src/admission/paths.ts";
import { apply } from "./apply.ts";
import { pod, post, review, selector, serve } from "./reviews.ts";

const app = serve();
after(() => app.close());

const groupOf = (kind: string): string => (kind.endsWith("ob") ? "batch" : "apps");
const template = (spec: object = {}): object => ({ metadata: { labels: { app: "api" } }, ...pod(spec) });
const workload = (kind: string, spec: object = {}, metadata: object = {}): Record<string, unknown> => ({
  apiVersion: `${groupOf(kind)}/v1`,
  kind,
  metadata: { name: "api", ...metadata },
  spec:
    kind === "CronJob"
      ? { schedule: "* * * * *", jobTemplate: { spec: { template: template(spec) } } }
      : { replicas: 2, template: template(spec) },
});
const requestFor = (kind: string, request: object = {}): object => ({
  kind: { group: groupOf(kind), version: "v1", kind },
  ...request,
});
const ask = async (object: { kind?: unknown }, request: object = {}) => {
  const { body } = await post(app, paths.mutateTemplates, review(object, requestFor(String(object.kind), request)));
  return body.response;
};
const owned = {
  ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: "u", controller: true }],
};

describe("a template is pinned when it is created, and nothing else changes", () => {
  for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"])
    test(kind, async () => {
      const { allowed, patch } = await ask(workload(kind));
      assert.equal(allowed, true);
      const result = apply(workload(kind), JSON.parse(Buffer.from(patch ?? "", "base64").toString()));
      assert.deepEqual(result, workload(kind, { nodeSelector: selector }));
      assert.equal((await ask(workload(kind, { nodeSelector: selector }))).patch, undefined);
    });
});

const update = (before: object): object => ({ operation: "UPDATE", oldObject: before });
const left: Readonly<Record<string, { object: Record<string, unknown>; request?: object }>> = {
  "a ReplicaSet that a Deployment owns": { object: workload("ReplicaSet", {}, owned) },
  "an annotation on a Deployment that was made before the zone": {
    object: workload("Deployment", {}, { annotations: { note: "x" } }),
    request: update(workload("Deployment")),
  },
  "a change of scale": {
    object: { ...workload("Deployment"), spec: { replicas: 9, template: template() } },
    request: update(workload("Deployment")),
  },
  "a Job, whose template cannot change": {
    object: workload("Job", { hostname: "b" }),
    request: update(workload("Job")),
  },
  "a workload outside every zone": { object: workload("Deployment"), request: { namespace: "shop" } },
  "a workload without a template": { object: { kind: "Deployment", spec: null } },
};
describe("a template is left alone", () => {
  for (const [name, { object, request }] of Object.entries(left))
    test(name, async () => assert.deepEqual(await ask(object, request), { uid: "uid-1", allowed: true }));
});

test("a Deployment whose template changes is pinned on update", async () => {
  const changed = await ask(workload("Deployment", { hostname: "b" }), update(workload("Deployment")));
  assert.ok(changed.patch);
});

test("a template that names a node is refused, and the message names the field in the template", async () => {
  const { allowed, status } = await ask(workload("CronJob", { nodeName: "n1" }));
  assert.equal(allowed, false);
  assert.match(status?.message ?? "", /spec\.jobTemplate\.spec\.template\.spec\.nodeName is "n1"/);
});

test("a kind without a template is refused with the kinds that are answered", async () => {
  for (const kind of ["Pod", "Secret", "__proto__", "constructor"]) {
    const { allowed, status } = await ask({ kind });
    assert.equal(allowed, false);
    assert.match(status?.message ?? "", /is not answered here, only apps\/v1 Deployment, StatefulSet/);
  }
});
