import assert from "node:assert/strict";
import { test } from "node:test";
import { readWarnings } from "../../../src/kube/warnings.ts";

const cases: Readonly<
  Record<string, readonly [header: string | readonly string[] | undefined, texts: readonly string[]]>
> = {
  "none where there is no header": [undefined, []],
  "one text": ['299 - "bare: host namespaces"', ["bare: host namespaces"]],
  "several headers": [
    ['299 - "one"', '299 kube "two"'],
    ["one", "two"],
  ],
  "several in one header, as a proxy may join them": ['299 - "one, still one", 299 - "two"', ["one, still one", "two"]],
  "quotes and backslashes inside": ['299 - "namespace \\"a\\" \\\\ b"', ['namespace "a" \\ b']],
  "nothing of another code": ['110 - "stale"', []],
  "nothing of what does not end": ['299 - "half', []],
};

for (const [what, [header, texts]] of Object.entries(cases))
  test(`warnings of an API server are read: ${what}`, () => assert.deepEqual(readWarnings(header), texts));
