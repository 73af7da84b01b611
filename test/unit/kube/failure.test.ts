import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { backoffMs } from "../../../src/kube/backoff.ts";
import { failureOfAnswer, failureOfStatus, KubeError } from "../../../src/kube/failure.ts";

const answers: Readonly<
  Record<string, readonly [status: number, body: unknown, header: string | undefined, want: object]>
> = {
  "a name that is taken is not a conflict": [
    409,
    { reason: "AlreadyExists", message: "taken" },
    undefined,
    { kind: "alreadyExists", status: 409, message: "taken" },
  ],
  "a conflict keeps its causes": [
    409,
    { reason: "Conflict", message: "m", details: { causes: [{ field: ".spec", reason: "FieldManagerConflict" }] } },
    undefined,
    { kind: "conflict", status: 409, message: "m", causes: [{ field: ".spec", reason: "FieldManagerConflict" }] },
  ],
  "a Retry-After header is seconds": [
    429,
    {},
    "3",
    { kind: "tooManyRequests", status: 429, message: "HTTP 429", causes: [], retryAfterMs: 3000 },
  ],
  "a Retry-After in the Status is heard too": [
    500,
    { message: "m", details: { retryAfterSeconds: 2 } },
    undefined,
    { kind: "unavailable", status: 500, message: "m", retryAfterMs: 2000 },
  ],
  "a Retry-After that is a date is left out": [
    503,
    "",
    "Mon, 23 Nov 2026 20:00:00 GMT",
    { kind: "unavailable", status: 503, message: "HTTP 503" },
  ],
  "a balancer's page is quoted": [
    502,
    "<html>bad gateway",
    undefined,
    { kind: "unavailable", status: 502, message: "<html>bad gateway" },
  ],
  "another refusal is rejected": [415, null, undefined, { kind: "rejected", status: 415, message: "HTTP 415" }],
};

for (const [name, [status, body, header, want]] of Object.entries(answers)) {
  test(name, () => assert.deepEqual(failureOfAnswer(status, body, header), want));
}

test("an ERROR event of code 410 is gone, one without a code is malformed", () => {
  assert.equal(failureOfStatus({ code: 410, reason: "Expired", message: "too old" }).kind, "gone");
  assert.equal(failureOfStatus("nonsense").kind, "malformed");
});

test("whatever the answer's body is, there is a failure with a sentence", () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.anything(), (status, body) => {
      assert.notEqual(failureOfAnswer(status, body).message, "");
    }),
  );
});

test("a wait grows, is bounded, and is never nothing", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const ms = backoffMs(attempt, random);
      assert.ok(ms >= 100 && ms <= 30_000);
      assert.ok(backoffMs(attempt + 1, random) >= ms);
    }),
  );
});

test("a wait is never shorter than Retry-After, is spread above it, and not longer than a balancer's whim", () => {
  const busy = (retryAfterMs: number): KubeError =>
    new KubeError({ kind: "unavailable", status: 503, message: "m", retryAfterMs }, "GET /x");
  assert.equal(backoffMs(0, 0, busy(7_000)), 7_000);
  assert.equal(backoffMs(0, 1, busy(7_000)), 8_750);
  assert.equal(backoffMs(20, 0, busy(7_000)), 15_000);
  assert.equal(backoffMs(0, 0, busy(86_400_000)), 120_000);
  assert.equal(backoffMs(0, 0, new Error("no answer at all")), 100);
});
