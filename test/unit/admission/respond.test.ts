import assert from "node:assert/strict";
import { test } from "node:test";
import { respond, sentence } from "../../../src/admission/respond.ts";

test("an empty patch is no patch", () => {
  assert.deepEqual(respond("u", { kind: "patched", patch: [] }).response, { uid: "u", allowed: true });
});

test("a message of megabytes is cut, and control characters become spaces", () => {
  assert.equal(sentence("x".repeat(5_000_000)).length, 4_096);
  assert.equal(sentence("a\r\nSet-Cookie: b\u0000\u001b[31mc"), "a Set-Cookie: b [31mc");
  assert.equal(sentence("a\ud800"), "a\ufffd");
});

test("warnings are whole sentences, as many as the API server takes", () => {
  const warnings = ["a", "b", "c"].map((letter) => letter.repeat(2_000));
  const { response } = respond("u", { kind: "allowed", warnings });
  assert.deepEqual(response.warnings, warnings.slice(0, 2));
});

test("a denial carries Kubernetes' word for its code", () => {
  const reasons = ([400, 403, 500] as const).map(
    (code) => respond("u", { kind: "denied", code, message: "m" }).response.status?.reason,
  );
  assert.deepEqual(reasons, ["BadRequest", "Forbidden", "InternalError"]);
});
