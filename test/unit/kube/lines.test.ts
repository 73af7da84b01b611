import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { KubeError } from "../../../src/kube/failure.ts";
import { readLines } from "../../../src/kube/lines.ts";

async function* chunks(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

const read = async (parts: readonly Buffer[], longest = 1_000): Promise<readonly string[]> => {
  const lines: string[] = [];
  for await (const line of readLines(chunks(parts), longest, "GET /x")) lines.push(line);
  return lines;
};

const kindOf = async (work: Promise<unknown>): Promise<string> => {
  const problem = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(problem instanceof KubeError);
  return problem.failure.kind;
};

test("wherever the bytes are cut, in the middle of a letter too, the lines are the same", async () => {
  const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "") || "x");
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(7)), async (lines, sizes) => {
      const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(""));
      const parts: Buffer[] = [];
      let from = 0;
      for (const size of sizes) {
        parts.push(bytes.subarray(from, from + size + 1));
        from = Math.min(from + size + 1, bytes.length);
      }
      parts.push(bytes.subarray(from));
      const whole = lines.map((text) => Buffer.from(text).toString("utf8"));
      assert.deepEqual(await read(parts, 10_000), whole);
    }),
  );
});

test("an end in the middle of an event is a network failure", async () => {
  assert.equal(await kindOf(read([Buffer.from('{"a":1}\n{"b"')])), "network");
});

test("a line without an end is not kept for ever", async () => {
  assert.equal(await kindOf(read([Buffer.alloc(600, "x"), Buffer.alloc(600, "x")])), "malformed");
});
