import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startNested } from "./nested.ts";

// In a session of its own: other tests share theirs, and would notice that its API server is killed.
test("components of the control plane are killed, stopped and started one by one", async (t) => {
  const file = join(import.meta.dirname, "inside", "components.ts");
  const nested = startNested(t, [process.execPath, "--test", "--test-reporter=tap", file]);
  const said = await nested.rest();
  assert.equal(await nested.ended, 0, said);
  assert.match(said, /^# pass 3$/m);
});
