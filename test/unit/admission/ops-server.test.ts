import assert from "node:assert/strict";
import { test } from "node:test";
import { createOpsServer } from "../../../src/admission/ops-server.ts";

const metrics = async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" });

test("readiness names what is missing, in words", async () => {
  let missing = ["certificates: not made yet", "caches: nodes and pods are not read yet"];
  const app = createOpsServer({ notReady: () => missing, metrics });
  const early = await app.inject("/readyz");
  assert.equal(early.statusCode, 503);
  assert.equal(early.body, "not ready:\n- certificates: not made yet\n- caches: nodes and pods are not read yet\n");
  missing = [];
  assert.equal((await app.inject("/readyz")).statusCode, 200);
  assert.equal((await app.inject("/healthz")).statusCode, 200);
});

test("metrics are passed on with their content type, and a failure says what failed", async () => {
  const app = createOpsServer({ notReady: () => [], metrics });
  const response = await app.inject("/metrics");
  assert.equal(response.body, "up 1\n");
  assert.equal(response.headers["content-type"], "text/plain; version=0.0.4");

  const broken = createOpsServer({ notReady: () => [], metrics: () => Promise.reject(new Error("no registry")) });
  const failed = await broken.inject("/metrics");
  assert.equal(failed.statusCode, 500);
  assert.equal(failed.body, "Domicile could not answer: no registry\n");
});

test("other paths are told what is served", async () => {
  const app = createOpsServer({ notReady: () => [], metrics });
  const response = await app.inject({ method: "POST", url: "/healthz", payload: "x".repeat(100) });
  assert.equal(response.statusCode, 404);
  assert.match(response.body, /healthz, \/readyz and \/metrics/);
});
