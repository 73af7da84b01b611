import assert from "node:assert/strict";
import { test } from "node:test";
import { answerReview } from "../../../src/admission/answer-review.ts";
import { webhooks } from "../../../src/admission/webhook.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { World } from "../../../src/zone/world.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { pod, review, selector, silent, worldOf } from "./reviews.ts";

const ask = (path: string, of: World, body: unknown, named?: string) => {
  const webhook = webhooks.find((known) => known.path === path);
  assert.ok(webhook);
  const { body: reply } = answerReview(
    { webhook, zone: named, body },
    { world: () => of, allowedIn, observer: silent, monotonic: () => 0 },
  );
  assert.ok("response" in reply);
  return reply.response;
};

const attached = pod(
  { nodeSelector: selector },
  { annotations: { "v1.multus-cni.io/default-network": "kube-system/open" } },
);
const updates: Readonly<Record<string, readonly [after: object, before: object, allowed: boolean]>> = {
  "a pod that waits is given another network": [attached, pod({ nodeSelector: selector }), false],
  "a pod that runs is given another network": [
    { ...attached, spec: { nodeName: "n1" } },
    pod({ nodeName: "n1" }),
    false,
  ],
  "a pod that has another network already is labelled": [attached, attached, true],
  "a pod loses its other network": [pod({ nodeSelector: selector }), attached, true],
};

for (const path of ["/mutate/pods", "/validate/pods"])
  for (const [sentence, [after, before, allowed]] of Object.entries(updates))
    test(`${path}: ${sentence}: ${allowed ? "allowed" : "refused"} (P18)`, () => {
      const answered = ask(path, worldOf(), review(after, { operation: "UPDATE", oldObject: before }), "us");
      assert.equal(answered.allowed, allowed);
      if (!allowed) assert.match(answered.status?.message ?? "", /\(NetworkAttachment\)/);
    });

for (const mode of ["Warn", "Audit"] as const)
  test(`a replica that last heard ${mode} of a zone for which the API server enforces pins all the same (O3)`, () => {
    assert.equal(ask("/mutate/pods", worldOf(mode), review(pod()), "us").patchType, "JSONPatch");
    const { allowed, status } = ask("/validate/pods", worldOf(mode), review(pod()), "us");
    assert.equal(allowed, false);
    assert.match(status?.message ?? "", /\(SelectorMissing\)/);
  });

test("a replica that last heard Warn refuses where it has not heard of the seal (O3)", () => {
  const behind = world({
    zones: [zoneRecord(zone({ enforcement: "Warn" }))],
    namespaces: [namespace("payments", { sealed: undefined })],
  });
  assert.match(ask("/mutate/pods", behind, review(pod()), "us").status?.message ?? "", /\(NamespaceNotSealed\)/);
});

test("a zone called unknown that only warns lets in nothing of namespaces that nobody knows (O3)", () => {
  const warns = world({ zones: [zoneRecord(zone({ name: "unknown", enforcement: "Warn" }))] });
  const body = review(pod(), { namespace: "made-a-moment-ago" });
  for (const path of ["/mutate/pods", "/validate/pods"]) {
    const { allowed, status } = ask(path, warns, body);
    assert.equal(allowed, false, path);
    assert.match(status?.message ?? "", /\(NamespaceUnseen\)/);
  }
});
