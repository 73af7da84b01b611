import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { paths } from "../../../src/admission/paths.ts";
import type { World } from "../../../src/zone/world.ts";
import type { Enforcement } from "../../../src/zone/zone.ts";
import { keeping, pod, post, review, serve, worldOf } from "./reviews.ts";

/** A world that breaks after the zone of a namespace was read twice: by the decision, and by its answer. */
const breaking = (enforcement: Enforcement): World => {
  const whole = worldOf(enforcement);
  let reads = 0;
  const zones: World["zones"] = Object.create(whole.zones, {
    get: {
      value: (name: string) => {
        reads += 1;
        if (reads === 1) throw new TypeError("zones are broken");
        return whole.zones.get(name);
      },
    },
  });
  return { ...whole, zones };
};

const noWorld = (): World => {
  throw new Error("no world");
};

describe("a defect of our own is answered with a sentence", () => {
  test("a pod of an enforcing zone is refused with 500, and the fault is told", async () => {
    const observer = keeping();
    const app = serve({ observer, world: () => breaking("Enforce") });
    const { status, body } = await post(app, paths.mutatePods, review(pod()));
    assert.equal(status, 200);
    assert.equal(body.response.allowed, false);
    assert.equal(body.response.status?.code, 500);
    assert.match(body.response.status?.message ?? "", /TypeError: zones are broken.*look for uid-1/);
    assert.equal(observer.faults.length, 1);
    assert.equal(observer.decisions[0]?.reason, "Fault");
  });

  test("a zone that only warns refuses nothing for it", async () => {
    const { body } = await post(serve({ world: () => breaking("Warn") }), paths.mutatePods, review(pod()));
    assert.equal(body.response.allowed, true);
    assert.match(body.response.warnings?.[0] ?? "", /zones are broken/);
  });

  test("no world at all refuses", async () => {
    const { body } = await post(serve({ world: noWorld }), paths.validatePods, review(pod()));
    assert.equal(body.response.status?.code, 500);
  });

  test("a template passes, because its pods are judged", async () => {
    const request = { kind: { group: "apps", version: "v1", kind: "Deployment" } };
    const object = { kind: "Deployment", spec: { template: pod() } };
    const app = serve({ world: () => breaking("Enforce") });
    const { body } = await post(app, paths.mutateTemplates, review(object, request));
    assert.equal(body.response.allowed, true);
    assert.match(body.response.warnings?.[0] ?? "", /its pods are judged/);
  });

  test("a zone that is written passes, and is told that what overlaps is not compiled, and nothing of templates", async () => {
    const request = { kind: { group: "domicile.dev", version: "v1alpha1", kind: "ResidencyZone" } };
    const app = serve({ world: noWorld });
    const { body } = await post(app, paths.validateApprovals, review({ kind: "ResidencyZone", spec: {} }, request));
    assert.equal(body.response.allowed, true);
    assert.match(body.response.warnings?.[0] ?? "", /so it is let in, and what overlaps is not compiled\. Try again/);
  });

  test("an observer that throws makes a 500 with a sentence, and the next request is answered", async () => {
    let broken = true;
    const observer = {
      record: () => {
        if (broken) throw new Error("the log is full");
      },
      fault: () => undefined,
    };
    const app = serve({ observer });
    const first = await post(app, paths.mutatePods, review(pod()));
    assert.equal(first.status, 500);
    assert.match(first.body.message ?? "", /Domicile failed while it answered/);
    broken = false;
    assert.equal((await post(app, paths.mutatePods, review(pod()))).status, 200);
  });
});

test("before every store has listed, 503 says so", async () => {
  let ready = false;
  const app = serve({ ready: () => ready });
  const early = await post(app, paths.mutatePods, review(pod()));
  assert.equal(early.status, 503);
  assert.match(early.body.message ?? "", /has not read the whole cluster yet/);
  ready = true;
  assert.equal((await post(app, paths.mutatePods, review(pod()))).status, 200);
});

test("a decision tells what was decided and no more: no object, no user", async () => {
  const observer = keeping();
  let clock = 5;
  const app = serve({ observer, monotonic: () => (clock += 2) });
  await post(app, paths.mutatePods, review(pod({}, { name: undefined, generateName: "api-" })));
  assert.deepEqual(observer.decisions, [
    {
      path: "/mutate/pods",
      decision: "patched",
      audited: undefined,
      dryRun: false,
      reason: "Pinned",
      zone: "us",
      ms: 2,
      uid: "uid-1",
      operation: "CREATE",
      kind: "Pod",
      namespace: "payments",
      name: "api-",
    },
  ]);
});
