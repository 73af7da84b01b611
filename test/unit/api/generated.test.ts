import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { generatedFiles } from "../../generate/files.ts";

const root = resolve(import.meta.dirname, "../../..");

for (const [path, content] of generatedFiles())
  test(`${path} is what src/api says (else: npm run generate)`, () => {
    assert.equal(readFileSync(resolve(root, path), "utf8"), content);
  });
