import assert from "node:assert/strict";
import { test } from "node:test";
import { notVerifiedMax } from "../../../src/api/zone-node-status.ts";
import { countNodes } from "../../../src/controllers/node-count.ts";
import { storedNotVerified } from "../../../src/controllers/not-verified.ts";
import { node, world, zone } from "../world.ts";

const early = new Date("2026-03-01T00:00:00.5Z");
const late = new Date("2026-03-02T00:00:00Z");
const bare = { providerID: undefined };
const found = (...nodes: Parameters<typeof node>[]) =>
  countNodes(world({ nodes: nodes.map((of) => node(...of)) }), "us", zone()).notVerified;

test("a status names the nodes that are not verified, with reason and since when", () => {
  const list = storedNotVerified(undefined, found(["a"], ["b", bare]), early);
  assert.deepEqual(list, [
    { name: "b", uid: "uid-b", verdict: "Unknown", reason: "ProviderIDMissing", since: "2026-03-01T00:00:00Z" },
  ]);
});

const stored = { nodes: { notVerified: storedNotVerified(undefined, found(["b", bare]), early) } };

test("the time stays while node and reason do, so that nothing is written", () => {
  assert.deepEqual(storedNotVerified(stored, found(["b", bare]), late), stored.nodes.notVerified);
});

const moved: Readonly<Record<string, Parameters<typeof node>[1]>> = {
  "another reason": { providerID: "aws:///us-east-1a/i-0123" },
  "another node under the name": { ...bare, uid: "uid-b-2" },
};
for (const [what, parts] of Object.entries(moved))
  test(`the time moves for ${what}`, () => {
    assert.deepEqual(
      storedNotVerified(stored, found(["b", parts]), late).map(({ since }) => since),
      ["2026-03-02T00:00:00Z"],
    );
  });

test("of many nodes the status names so many, and those that are plainly elsewhere last", () => {
  const many = Array.from({ length: 100 }, (_, at): Parameters<typeof node> => [
    `n${100 + at}`,
    { providerID: `ocid1.instance.oc1.eu-frankfurt-1.abtheljt${at}`, labels: {} },
  ]);
  const names = found(...many, ["z-bare", bare], ["y-bare", bare]).map(({ name }) => name);
  assert.equal(names.length, notVerifiedMax);
  assert.deepEqual(names.slice(0, 3), ["y-bare", "z-bare", "n100"]);
});
