import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerReview } from "../../../src/admission/answer-review.ts";
import { paths } from "../../../src/admission/paths.ts";
import { webhooks } from "../../../src/admission/webhook.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { namespace, node, world, zone, zoneRecord } from "../world.ts";
import { keeping, pod, post, review, selector, serve } from "./reviews.ts";

const worldOf = (enforcement: Enforcement) =>
  world({
    zones: [zoneRecord(zone({ enforcement }))],
    namespaces: [namespace("payments"), namespace("shop", { zone: undefined, sealed: undefined })],
    nodes: [node("ash-1", { labels: selector }), node("ash-new")],
  });
const binding = (name: string, more: object = {}) => ({
  metadata: { name: "api-0" },
  target: { kind: "Node", name },
  ...more,
});
const request = { kind: { group: "", version: "v1", kind: "Binding" }, subResource: "binding", name: "api-0" };

/** Decides without HTTP: what is answered, as `allowed Reason`, `warned Reason` or `denied code Reason`. */
const decide = (path: string, body: unknown, enforcement: Enforcement = "Enforce", named?: string): string => {
  const webhook = webhooks.find((known) => known.path === path);
  assert.ok(webhook);
  const observer = keeping();
  const around = { world: () => worldOf(enforcement), allowedIn, observer, monotonic: () => 0 };
  const reply = answerReview({ webhook, zone: named, body }, around);
  const [decision] = observer.decisions;
  assert.ok(decision && reply.status === 200 && observer.decisions.length === 1);
  assert.deepEqual(observer.faults, []);
  const code = reply.body.response.status?.code;
  return [decision.decision, code, decision.reason].filter((part) => part !== undefined).join(" ");
};

describe("a Binding is answered by its zone's mode", () => {
  const answers: Readonly<Record<Enforcement, string>> = {
    Enforce: "denied 403 BindingNodeNotVerified",
    Warn: "warned BindingNodeNotVerified",
    Audit: "audited BindingNodeNotVerified",
  };
  for (const [mode, says] of Object.entries(answers) as [Enforcement, string][])
    test(mode, () => {
      const path = mode === "Enforce" ? paths.bindPods : paths.warnBindings;
      assert.equal(decide(path, review(binding("ash-new"), request), mode), says);
      assert.equal(decide(path, review(binding("ash-1"), request), mode), "allowed NodeIsVerified");
    });

  test("a zone that the API server saw enforcing enforces, whatever was last heard here", () => {
    const body = review(binding("ash-new"), request);
    assert.equal(decide(paths.bindPods, body, "Warn", "us"), "denied 403 BindingNodeNotVerified");
  });
});

test("P2 the legacy resource has no subresource and may leave its name out, and is judged alike", () => {
  const legacy = { ...request, subResource: undefined, name: undefined };
  assert.equal(decide(paths.bindPods, review(binding("ash-new"), legacy)), "denied 403 BindingNodeNotVerified");
  assert.equal(decide(paths.bindPods, review(binding("ash-1"), legacy)), "allowed NodeIsVerified");
});

test("a namespace that is not seen in a zone yet is refused, but not where zones refuse nothing", () => {
  const body = review(binding("ash-1"), { ...request, namespace: "shop" });
  assert.equal(decide(paths.bindPods, body), "denied 403 NamespaceUnseen");
  assert.equal(decide(paths.warnBindings, body), "allowed NotInZone");
});

const malformed: Readonly<Record<string, readonly [object, object, RegExp]>> = {
  "a pod": [pod({ nodeSelector: selector }), {}, /Pod is not answered here, only v1 Binding/],
  "a target that is a word": [binding("x", { target: "ash-1" }), request, /request\.object\.target: is not an object/],
  "a name that is a number": [
    binding("x", { target: { name: 7 } }),
    request,
    /request\.object\.target\.name: is not a string/,
  ],
  "labels that are a list": [
    binding("x", { metadata: { labels: ["a"] } }),
    request,
    /request\.object\.metadata\.labels: is not an object/,
  ],
};
for (const [what, [object, asked, says]] of Object.entries(malformed))
  test(`where Bindings are judged, ${what} is refused as malformed`, async () => {
    const { body } = await post(serve(), paths.bindPods, review(object, asked));
    assert.equal(body.response.status?.code, 400);
    assert.match(body.response.status?.message ?? "", says);
  });

test("a defect of ours lets no Binding in", async () => {
  const app = serve({
    world: () => {
      throw new Error("no world");
    },
  });
  const { body } = await post(app, paths.bindPods, review(binding("ash-1"), request));
  assert.equal(body.response.status?.code, 500);
});
