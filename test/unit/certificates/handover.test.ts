import assert from "node:assert/strict";
import { test } from "node:test";
import { handover, type Offer } from "../../../src/certificates/handover.ts";
import { rememberTrust } from "../../../src/certificates/trust.ts";
import { lifetimes } from "./replica.ts";

const offer = (cert: string, authority: string): Offer => ({
  cert,
  key: "",
  authorities: [authority],
  notAfter: 1_000_000,
});
const served = offer("old leaf", "old");
const offered = offer("new leaf", "new");

/** What is decided at `now` when authorities have been named for so many milliseconds. */
const decide = (trusted: Readonly<Record<string, number>>, now = 0, from: Offer | "nothing" = served, to = offered) =>
  handover({
    served: from === "nothing" ? undefined : from,
    offered: to,
    trustedMs: (authority) => trusted[authority],
    lifetimes,
    now,
  });

test("the first certificate is served whoever trusts it: readiness says whether anybody may call", () =>
  assert.deepEqual(decide({}, 0, "nothing"), { kind: "serve" }));

test("a leaf of an authority that is not named waits for as long as the old one is valid", () => {
  assert.deepEqual(decide({ old: 9e9 }), {
    kind: "hold",
    why: "the webhook configurations do not name its authority yet",
    lookAt: 1_000_000,
  });
  assert.deepEqual(decide({ old: 9e9 }, 1_000_000), { kind: "serve" });
});

test("a leaf of an authority that was named just now waits until API servers took that up", () => {
  assert.deepEqual(decide({ old: 9e9, new: 59_000 }, 500_000), {
    kind: "hold",
    why: "its authority was named only just now",
    lookAt: 501_000,
  });
  assert.deepEqual(decide({ old: 9e9, new: 60_000 }), { kind: "serve" });
});

test("when the old authority is no longer named there is nothing to wait for", () =>
  assert.deepEqual(decide({ new: 0 }), { kind: "serve" }));

test("a leaf of the same authority is served at once", () =>
  assert.deepEqual(decide({ old: 9e9 }, 0, served, offer("another leaf", "old")), { kind: "serve" }));

test("an authority is trusted since it is named without a break", () => {
  let now = 0;
  const { look, trustedMs } = rememberTrust(() => now);
  look(new Set(["a"]));
  now = 10;
  look(new Set(["a", "b"]));
  now = 15;
  assert.deepEqual([trustedMs("a"), trustedMs("b"), trustedMs("c")], [15, 5, undefined]);
  look(new Set(["b"]));
  look(new Set(["a", "b"]));
  now = 20;
  assert.deepEqual([trustedMs("a"), trustedMs("b")], [5, 10]);
});
