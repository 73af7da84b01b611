import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import fastify from "fastify";
import { makeBodies } from "../../../src/admission/bodies.ts";
import { smallBody } from "../../../src/admission/limits.ts";

/** A server whose turns end when the test says so, with what it has answered. */
const serve = () => {
  const turns: (() => void)[] = [];
  const answered: unknown[] = [];
  const arrived: Promise<unknown>[] = [];
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "application/json",
    makeBodies((parse) => void turns.push(parse)),
  );
  app.addHook("onRequest", async ({ raw }) => void arrived.push(once(raw, "end")));
  app.post("/", async ({ body }) => answered.push(typeof body === "string" ? body.length : body));
  const post = (body: unknown) => app.inject({ method: "POST", url: "/", payload: JSON.stringify(body), headers });
  const bodies = async (count: number): Promise<void> => {
    while (arrived.length < count) await new Promise(setImmediate);
    await Promise.all(arrived);
  };
  return { post, bodies, answered, turns };
};

const headers = { "content-type": "application/json" };

test("small bodies that arrive in one turn are decided together, in the order they came", async () => {
  const { post, bodies, answered, turns } = serve();
  const answers = [1, 2, 3].map(post);
  await bodies(3);
  assert.equal(turns.length, 1);
  assert.deepEqual(answered, []);
  turns.shift()?.();
  assert.deepEqual(answered, [1, 2, 3]);
  await Promise.all(answers);
});

test("of large bodies one is decided per turn, and small ones do not wait for the others", async () => {
  const { post, bodies, answered, turns } = serve();
  const large = [1, 2].map((more) => post("x".repeat(smallBody + more)));
  const small = post(0);
  await bodies(3);
  while (answered.length < 2) turns.shift()?.();
  assert.deepEqual(answered.toSorted(), [0, smallBody + 1]);
  while (turns.length > 0) turns.shift()?.();
  assert.equal(answered.length, 3);
  await Promise.all([...large, small]);
});
