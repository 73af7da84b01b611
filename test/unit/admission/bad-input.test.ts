import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { bodyLimit } from "../../../src/admission/limits.ts";
import { paths } from "../../../src/admission/paths.ts";
import { pod, post, review, selector, serve } from "./reviews.ts";

const app = serve();
after(() => app.close());
const everyPath = Object.values(paths);
const json = { "content-type": "application/json" };

/** A good request in between: nothing that came before may have left a trace. */
const stillAnswers = async (): Promise<void> => {
  const { status, body } = await post(app, paths.mutatePods, review(pod()));
  assert.equal(status, 200);
  assert.equal(body.response.allowed, true);
  assert.equal(body.response.patchType, "JSONPatch");
};

const filled = (filler: string): string => JSON.stringify(review(pod({}, { annotations: { filler } })));

/** A review of exactly this many bytes. */
const reviewOf = (bytes: number): string => filled("x".repeat(bytes - filled("").length));

describe("O5 a body that is no review is answered with a status and a sentence", () => {
  const cases: Record<string, { payload: string; headers?: Record<string, string>; status: number; says: RegExp }> = {
    "one byte above 7 MiB": { payload: reviewOf(bodyLimit + 1), status: 413, says: /larger than 7 MiB/ },
    "half a body": {
      payload: JSON.stringify(review(pod())).slice(0, 100),
      status: 400,
      says: /not JSON, or not all of it/,
    },
    "an empty body": { payload: "", status: 400, says: /body is empty/ },
    "text/plain": {
      payload: JSON.stringify(review(pod())),
      headers: { "content-type": "text/plain" },
      status: 415,
      says: /not application\/json/,
    },
    "a form": {
      payload: "a=b",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      status: 415,
      says: /not application\/json/,
    },
    "no content type": { payload: "{}", headers: {}, status: 415, says: /not application\/json/ },
    "a content type that is none": {
      payload: "{}",
      headers: { "content-type": "\u00ff;;" },
      status: 415,
      says: /not application\/json/,
    },
    null: { payload: "null", status: 400, says: /The body is null, not an object/ },
    "a list": { payload: "[]", status: 400, says: /The body is a list/ },
    "a number": { payload: "1e999", status: 400, says: /The body is Infinity/ },
    "an empty object": { payload: "{}", status: 400, says: /kind is missing, not AdmissionReview/ },
    "a review without a request": {
      payload: `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}`,
      status: 400,
      says: /request is missing\. Send admission\.k8s\.io\/v1 AdmissionReviews with a request\./,
    },
    "a review without a uid": {
      payload: JSON.stringify(review(pod(), { uid: undefined })),
      status: 400,
      says: /request\.uid is missing/,
    },
    "__proto__ for a request": {
      payload: `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","__proto__":{"request":{"uid":"x"}}}`,
      status: 400,
      says: /request is missing/,
    },
  };
  for (const [name, { payload, headers = json, status, says }] of Object.entries(cases))
    test(name, async () => {
      for (const url of everyPath) {
        const response = await app.inject({ method: "POST", url, headers, payload });
        assert.equal(response.statusCode, status, response.body.slice(0, 200));
        assert.match(response.json().message, says);
        await stillAnswers();
      }
    });
});

test("O5 a body of exactly 7 MiB is decided like any other", async () => {
  const { status, body } = await post(app, paths.mutatePods, reviewOf(bodyLimit));
  assert.equal(status, 200);
  assert.equal(body.response.patchType, "JSONPatch");
  assert.ok((body.response.patch ?? "").length < 1_000);
});

test("other methods and paths are told what is served", async () => {
  const wrong = [
    ["GET", paths.mutatePods],
    ["PUT", paths.validatePods],
    ["POST", "/"],
    ["POST", "/%"],
    ["POST", `/${"x".repeat(5_000)}`],
    ["POST", "/mutate/pods/../../etc/passwd"],
  ] as const;
  for (const [method, url] of wrong) {
    const response = await app.inject({ method, url, headers: json, payload: "{}" });
    assert.ok(response.statusCode === 404 || response.statusCode === 400, `${method} ${url}: ${response.statusCode}`);
    assert.ok(response.json().message.length > 20);
  }
  await stillAnswers();
});

test("O5 keys that other programs stumble over are keys like any other", async () => {
  const volume = `{"name":"v","csi":{"driver":"d","volumeAttributes":{"__proto__":"a","constructor":"b","prototype":"c"}}}`;
  const body = JSON.stringify(review(pod())).replace(
    `"spec":{`,
    `"spec":{"__proto__":{"nodeName":"x"},"volumes":[${volume}],`,
  );
  const answered = await post(app, paths.mutatePods, body);
  assert.equal(answered.body.response.allowed, true, JSON.stringify(answered.body));
  const patch = JSON.parse(Buffer.from(answered.body.response.patch ?? "", "base64").toString());
  assert.deepEqual(patch, [{ op: "add", path: "/spec/nodeSelector", value: selector }]);
  assert.equal(Object.hasOwn(Object.prototype, "nodeName"), false);
});

test("O5 nesting 10,000 levels deep is answered", async () => {
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  for (const url of everyPath)
    for (const part of ["spec", "metadata", "uid", "request", "kind"]) {
      const payload = JSON.stringify(review(pod())).replace(`"${part}":`, `"${part}":${deep},"was":`);
      const { status, body } = await post(app, url, payload);
      assert.ok(status === 200 || status === 400, `${url} ${part}: ${status}`);
      assert.ok(body.response !== undefined || (body.message ?? "").length > 20);
    }
  await stillAnswers();
});

test("O5 a template 10,000 levels deep on both sides of an update is answered without a fault", async () => {
  const object = (depth: number): string =>
    JSON.stringify({ kind: "Deployment", spec: { template: { deep: 0 } } }).replace(
      `"deep":0`,
      `"deep":${"[".repeat(depth)}${"]".repeat(depth)}`,
    );
  const request = { kind: { group: "apps", version: "v1", kind: "Deployment" }, operation: "UPDATE", oldObject: 8 };
  for (const [depth, patchType] of [
    [50, undefined],
    [10_000, "JSONPatch"],
  ] as const) {
    const payload = JSON.stringify(review(7, request)).replaceAll(/("\w*bject"):[78]/g, `$1:${object(depth)}`);
    const { body } = await post(app, paths.mutateTemplates, payload);
    assert.equal(body.response.warnings, undefined);
    assert.equal(body.response.patchType, patchType);
  }
});
