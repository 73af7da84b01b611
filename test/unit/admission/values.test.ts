import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { holdsMoreValues } from "../../../src/admission/values.ts";

/** How many values follow a comma or open a list or an object, counted on what was parsed. */
const counted = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0;
  const inside = Object.values(value);
  return inside.reduce((sum: number, one) => sum + counted(one), 1 + Math.max(0, inside.length - 1));
};

test("values are counted in the text as they are in what it means, whatever strings hold", () => {
  const unit = fc.constantFrom(...'\\"{}[],:a\u00e9\ud800'.split(""));
  const text = fc.string({ unit });
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, text, fc.integer(), tie("list"), tie("object")),
    list: fc.array(tie("any"), { maxLength: 4 }),
    object: fc.dictionary(text, tie("any"), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(any, (value) => {
      const json = Buffer.from(JSON.stringify(value));
      const count = counted(JSON.parse(json.toString()));
      assert.equal(holdsMoreValues(json, count), false);
      if (count > 0) assert.equal(holdsMoreValues(json, count - 1), true);
    }),
  );
});

test("half a string at the end is no reason to stop", () => {
  assert.equal(holdsMoreValues(Buffer.from(`[1,2,"[,`), 3), false);
  assert.equal(holdsMoreValues(Buffer.from(`[1,2,"\\`), 2), true);
});
