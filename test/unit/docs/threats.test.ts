import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { holdings } from "../../generate/threats-page.ts";
import { threats } from "../../generate/threats.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../../docs/not-covered.md"), "utf8");

for (const [number, { open = [] }] of Object.entries(threats)) {
  test(`threat ${number} is held by a test`, () => {
    assert.ok(holdings().some(({ threat }) => threat === number));
  });
  for (const row of open)
    test(`what stays open of threat ${number} is a row of docs/not-covered.md: ${row}`, () => {
      assert.ok(page.includes(`\n| ${row} |`));
    });
}

test("every number that a test bears is a threat", () => {
  assert.deepEqual(
    [...new Set(holdings().map(({ threat }) => threat))].filter((number) => !(number in threats)),
    [],
  );
});
