import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { answerReview } from "../../../src/admission/answer-review.ts";
import { paths } from "../../../src/admission/paths.ts";
import { webhooks } from "../../../src/admission/webhook.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { keeping, pod, post, review, selector, serve, worldOf } from "./reviews.ts";

/** Decides without HTTP: what is answered, as `allowed`, `patched`, `warned Reason` or `denied code Reason`. */
const decide = (path: string, body: unknown, enforcement: Enforcement = "Enforce"): string => {
  const webhook = webhooks.find((known) => known.path === path);
  assert.ok(webhook);
  const observer = keeping();
  const reply = answerReview(
    { webhook, body },
    { world: () => worldOf(enforcement), allowedIn, observer, monotonic: () => 0 },
  );
  const [decision] = observer.decisions;
  assert.ok(decision && reply.status === 200 && observer.decisions.length === 1);
  assert.deepEqual(observer.faults, []);
  const code = reply.body.response.status?.code;
  return [decision.decision, code, decision.reason].filter((part) => part !== undefined).join(" ");
};

const outside = { nodeSelector: { "topology.kubernetes.io/region": "eu-frankfurt-1" } };
const gated = { operation: "UPDATE", oldObject: pod({ schedulingGates: [{ name: "wait" }] }) };
const node = { userInfo: { username: "system:node:n1", groups: ["system:nodes"] } };
const mirror = pod({ nodeName: "n1" }, { annotations: { "kubernetes.io/config.mirror": "x" } });

type Case = { readonly object: object; readonly request?: object; readonly mutate: string; readonly validate: string };
const cases: Readonly<Record<string, Case>> = {
  "a pod without the selector is pinned, and refused if it lost it again": {
    object: pod(),
    mutate: "patched Pinned",
    validate: "denied 403 SelectorMissing",
  },
  "a pinned pod passes both": {
    object: pod({ nodeSelector: selector }),
    mutate: "allowed AlreadyPinned",
    validate: "allowed AlreadyPinned",
  },
  "a namespace whose label is not seen yet is refused, for only labelled ones are asked about": {
    object: pod(),
    request: { namespace: "shop" },
    mutate: "denied 403 NamespaceUnseen",
    validate: "denied 403 NamespaceUnseen",
  },
  "a namespace that is not seen at all is refused": {
    object: pod({ nodeSelector: selector }),
    request: { namespace: "made-a-moment-ago" },
    mutate: "denied 403 NamespaceUnseen",
    validate: "denied 403 NamespaceUnseen",
  },
  "a mirror pod passes in a namespace that is not seen yet": {
    object: mirror,
    request: { ...node, namespace: "shop" },
    mutate: "allowed MirrorPod",
    validate: "allowed MirrorPod",
  },
  "an update of a pod without gates passes in a namespace that is not seen yet": {
    object: pod(),
    request: { operation: "UPDATE", oldObject: pod(), namespace: "shop" },
    mutate: "allowed PlacementUnchanged",
    validate: "allowed PlacementUnchanged",
  },
  "a node's name is refused by both": {
    object: pod({ nodeName: "n1" }),
    mutate: "denied 403 NodeNameSet",
    validate: "denied 403 NodeNameSet",
  },
  "a mirror pod of a node passes": {
    object: mirror,
    request: node,
    mutate: "allowed MirrorPod",
    validate: "allowed MirrorPod",
  },
  "a mirror pod of a person does not": {
    object: mirror,
    mutate: "denied 403 NodeNameSet",
    validate: "denied 403 NodeNameSet",
  },
  "one who calls himself a node without being one does not either": {
    object: mirror,
    request: { userInfo: { username: "system:node:n1", groups: ["developers"] } },
    mutate: "denied 403 NodeNameSet",
    validate: "denied 403 NodeNameSet",
  },
  "an update of a pod without gates decides nothing": {
    object: pod({ nodeName: "n1" }),
    request: { operation: "UPDATE", oldObject: pod({ nodeName: "n1" }) },
    mutate: "allowed PlacementUnchanged",
    validate: "allowed PlacementUnchanged",
  },
  "a gated pod is pinned on update": {
    object: pod(),
    request: gated,
    mutate: "patched Pinned",
    validate: "denied 403 SelectorMissing",
  },
  "a subresource of a gated pod moves nothing": {
    object: pod(),
    request: { ...gated, subResource: "status" },
    mutate: "allowed PlacementUnchanged",
    validate: "allowed PlacementUnchanged",
  },
  "generateName and a dry run change nothing": {
    object: pod({}, { name: undefined, generateName: "api-" }),
    request: { dryRun: true },
    mutate: "patched Pinned",
    validate: "denied 403 SelectorMissing",
  },
  "an unknown kind is refused": {
    object: {},
    request: { kind: { group: "", version: "v1", kind: "Binding" } },
    mutate: "denied 400 Malformed",
    validate: "denied 400 Malformed",
  },
  "a deletion is no question": {
    object: pod(),
    request: { operation: "DELETE" },
    mutate: "denied 400 Malformed",
    validate: "denied 400 Malformed",
  },
  "a node's name that is no string is refused": {
    object: pod({ nodeName: 7 }),
    mutate: "denied 400 Malformed",
    validate: "denied 400 Malformed",
  },
};

describe("Enforce", () => {
  for (const [name, { object, request, mutate, validate }] of Object.entries(cases))
    test(name, () => {
      assert.equal(decide(paths.mutatePods, review(object, request)), mutate);
      assert.equal(decide(paths.validatePods, review(object, request)), validate);
    });
});

describe("the other modes neither change nor refuse", () => {
  const modes: readonly (readonly [Enforcement, string])[] = [
    ["Warn", "warned"],
    ["Audit", "audited"],
  ];
  for (const [mode, says] of modes)
    test(mode, () => {
      for (const path of [paths.mutatePods, paths.validatePods]) {
        assert.equal(decide(path, review(pod(outside)), mode), `${says} NodeSelectorOutsideZone`);
        assert.equal(decide(path, review(pod()), mode), "allowed Pinned");
      }
    });
});

test("where zones refuse nothing, a namespace whose label is not seen yet passes", () => {
  for (const namespace of ["shop", "made-a-moment-ago"])
    assert.equal(decide(paths.warnPods, review(pod(outside), { namespace })), "allowed NotInZone");
});

test("the zone in the path is the one the API server saw, and ours must be the same", async () => {
  const app = serve({});
  for (const path of [paths.mutatePods, paths.validatePods]) {
    const agreed = await post(app, `${path}/us`, review(pod({ nodeSelector: selector })));
    assert.equal(agreed.body.response?.allowed, true);
    const other = await post(app, `${path}/eu`, review(pod({ nodeSelector: selector })));
    assert.match(
      other.body.response?.status?.message ?? "",
      /^zone us: namespace payments is in eu for the API server and in us as last heard here\..*\(NamespaceUnseen\)$/,
    );
  }
});

test("a denial says which zone, which field, what it holds and what to do", () => {
  const [webhook] = webhooks;
  assert.ok(webhook);
  const around = { world: () => worldOf(), allowedIn, observer: keeping(), monotonic: () => 0 };
  const { body } = answerReview({ webhook, body: review(pod(outside)) }, around);
  assert.ok("response" in body);
  assert.deepEqual(body.response, {
    uid: "uid-1",
    allowed: false,
    status: {
      status: "Failure",
      code: 403,
      reason: "Forbidden",
      message:
        'zone us: spec.nodeSelector[topology.kubernetes.io/region] is "eu-frankfurt-1". The node selector asks for ' +
        "nodes outside the zone. Remove this entry, or run the pod in a namespace of the zone it asks for. " +
        "(NodeSelectorOutsideZone)",
    },
  });
});
