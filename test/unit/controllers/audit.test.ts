import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAudit } from "../../../src/controllers/audit.ts";
import { namespace, world } from "../world.ts";

test("a namespace hears of a reason once an hour, and of another reason at once", async () => {
  let now = 0;
  const notes: string[] = [];
  const audit = makeAudit({
    world: world({ namespaces: [namespace("payments")] }),
    events: { report: async ({ reason, note }) => void notes.push(`${reason} ${note}`) },
    monotonic: () => now,
    signal: new AbortController().signal,
  });
  const audited = { namespace: "payments", reason: "NodeNameSet", message: "zone us: …" } as const;
  await audit(audited);
  await audit(audited);
  assert.deepEqual(notes, ["NodeNameSet Not refused, for the zone only audits: zone us: …"]);
  await audit({ ...audited, reason: "NetworkAttachment" });
  assert.equal(notes.length, 2);
  now = 3_600_000;
  await audit(audited);
  assert.equal(notes.length, 3);
  await audit({ ...audited, namespace: "gone" });
  assert.equal(notes.length, 3);
});
