import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { didYouMean } from "../../../src/oci/did-you-mean.ts";
import { regionByIdentifier, regions } from "../../../src/oci/regions.ts";

const table: readonly (readonly [says: string, text: string, realm: string | undefined, meant: string | undefined])[] =
  [
    ["a key", "phx", undefined, "us-phoenix-1"],
    ["a key in upper case", "IAD", undefined, "us-ashburn-1"],
    ["an underscored identifier", "us_phoenix_1", undefined, "us-phoenix-1"],
    ["an identifier in upper case", "US-PHOENIX-1", undefined, "us-phoenix-1"],
    ["an identifier with a space", "us-phoenix-1 ", undefined, "us-phoenix-1"],
    ["two letters changed places", "us-phoneix-1", undefined, "us-phoenix-1"],
    ["a number left out, one candidate", "us-phoenix", undefined, "us-phoenix-1"],
    ["a number left out, two candidates", "eu-frankfurt", undefined, undefined],
    ["a number left out, one candidate in the realm", "eu-frankfurt", "oc1", "eu-frankfurt-1"],
    ["a number left out, one candidate in another realm", "eu-frankfurt", "oc19", "eu-frankfurt-2"],
    ["a wrong number", "us-saltlake-1", "oc1", "us-saltlake-2"],
    ["a key of another realm", "yxj", "oc1", undefined],
    ["an identifier of another realm is no slip", "us-ashburn-2", "oc1", undefined],
    ["an identifier is what it is", "us-ashburn-1", undefined, undefined],
    ["a region of another provider", "us-east-1", undefined, undefined],
    ["a realm that does not exist", "phx", "oc99", undefined],
    ["nothing", "", undefined, undefined],
    ["a very long text", "us-phoenix-1".repeat(100_000), undefined, undefined],
  ];

for (const [says, text, realm, meant] of table)
  test(`${says}${realm === undefined ? "" : ` (realm ${realm})`} suggests ${meant ?? "nothing"}`, () => {
    assert.equal(didYouMean(text, realm), meant);
  });

test("every key suggests its identifier, in its realm and in none other", () => {
  for (const { identifier, key, realm } of regions) {
    assert.equal(didYouMean(key), identifier);
    assert.equal(didYouMean(key, realm), identifier);
    assert.equal(didYouMean(key, realm === "oc1" ? "oc2" : "oc1"), undefined);
  }
});

test("whatever is suggested is a region of the realm asked for", () => {
  const slip = fc
    .tuple(fc.constantFrom(...regions), fc.nat(15), fc.constantFrom("", "a", "-", "2"))
    .map(([{ identifier }, at, letter]) => identifier.slice(0, at) + letter + identifier.slice(at + 1));
  fc.assert(
    fc.property(slip, fc.constantFrom(undefined, "oc1", "oc2", "oc3", "oc42"), (text, realm) => {
      const meant = didYouMean(text, realm);
      if (meant === undefined) return;
      const region = regionByIdentifier(meant);
      assert.ok(region !== undefined && (realm === undefined || region.realm === realm));
    }),
  );
});
