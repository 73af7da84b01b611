import assert from "node:assert/strict";
import { test } from "node:test";
import { expectObject, expectPage } from "../../../src/kube/answer.ts";
import { KubeError } from "../../../src/kube/failure.ts";
import { resources } from "../../../src/kube/resources.ts";

const refused = (pattern: RegExp) => (problem: unknown) => {
  assert.ok(problem instanceof KubeError);
  assert.equal(problem.failure.kind, "malformed");
  assert.match(problem.message, pattern);
  return true;
};

const noLists: Readonly<Record<string, unknown>> = {
  "a balancer's own JSON": { status: "maintenance" },
  "an object without anything": {},
  nothing: null,
  "a list of something else": { kind: "PodList", metadata: { resourceVersion: "1" }, items: [] },
  "a Status": { kind: "Status", metadata: { resourceVersion: "1" }, status: "Success" },
  "a list without a version": { kind: "NodeList", metadata: {}, items: [] },
  "a list whose items are none": { kind: "NodeList", metadata: { resourceVersion: "1" }, items: [{ name: "a" }] },
};

for (const [name, answer] of Object.entries(noLists))
  test(`${name} is not read as an empty list of nodes`, () => {
    assert.throws(
      () => expectPage(answer, resources.nodes, "GET /x"),
      refused(/^GET \/x: the answer is no list of Node/),
    );
  });

test("a page says its version, and the token of the next one only where there is one", () => {
  const page = (metadata: object, items: unknown) =>
    expectPage({ kind: "NodeList", metadata, items }, resources.nodes, "");
  const item = { metadata: { name: "a" } };
  assert.deepEqual(page({ resourceVersion: "7", continue: "t" }, [item]), { items: [item], version: "7", next: "t" });
  assert.deepEqual(page({ resourceVersion: "7", continue: "" }, null), { items: [], version: "7" });
});

test("an answer that is no Lease makes nobody a leader, and its values are not quoted", () => {
  const secret = { kind: "Secret", metadata: { name: "s" }, data: { key: "c2VjcmV0" } };
  for (const answer of [{}, "ok", null, { kind: "Lease" }, secret])
    assert.throws(() => expectObject(answer, resources.leases, "GET /x"), refused(/the answer is no Lease/));
  assert.throws(
    () => expectObject(secret, resources.leases, "GET /x"),
    ({ message }: Error) => !message.includes("c2VjcmV0") && message.includes("kind, metadata, data"),
  );
});
