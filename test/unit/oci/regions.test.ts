import assert from "node:assert/strict";
import { test } from "node:test";
import { isRealm, regionByIdentifier, regionOf, regions } from "../../../src/oci/regions.ts";

test("85 regions are known, and no spelling of one is a spelling of another", () => {
  assert.equal(regions.length, 85);
  const spellings = regions.flatMap(({ identifier, key }) => [identifier, key, identifier.replaceAll("-", "_")]);
  assert.equal(new Set(spellings).size, 3 * 85);
});

test("every region is found by identifier, key and underscored spelling, and by no other case", () => {
  for (const region of regions) {
    const spellings = [region.identifier, region.key, region.identifier.replaceAll("-", "_")];
    for (const spelling of spellings) {
      assert.equal(regionOf(spelling), region);
      assert.equal(regionOf(spelling.toUpperCase()), undefined);
    }
    assert.equal(regionByIdentifier(region.identifier), region);
    assert.equal(regionByIdentifier(region.key), undefined);
    assert.ok(isRealm(region.realm));
  }
});

test("every region has the shape of its kind", () => {
  for (const { identifier, key, realm } of regions) {
    assert.match(identifier, /^[a-z]{2}-([a-z]+-)?[a-z]+-[1-9]$/);
    assert.match(key, /^[a-z]{3}$/);
    assert.match(realm, /^oc[1-9]\d*$/);
  }
});

const lookAlikes: readonly (readonly [identifier: string, realm: string])[] = [
  ["us-ashburn-1", "oc1"],
  ["us-ashburn-2", "oc42"],
  ["us-newark-1", "oc42"],
  ["us-somerset-1", "oc23"],
  ["us-thames-1", "oc23"],
  ["us-langley-1", "oc2"],
  ["us-gov-ashburn-1", "oc3"],
  ["us-phoenix-1", "oc1"],
  ["us-sanjose-1", "oc1"],
  ["us-chicago-1", "oc1"],
  ["us-saltlake-2", "oc1"],
  ["eu-frankfurt-1", "oc1"],
  ["eu-frankfurt-2", "oc19"],
  ["ap-chuncheon-1", "oc1"],
  ["ap-chuncheon-2", "oc35"],
];

for (const [identifier, realm] of lookAlikes)
  test(`P7 ${identifier} is in realm ${realm}`, () => {
    assert.equal(regionOf(identifier)?.realm, realm);
  });

const unknown: readonly string[] = [
  "",
  "us",
  "us-",
  "us-ashburn",
  "us-ashburn-3",
  "us-ashburn-1 ",
  "us-ashburn-1\n",
  " us-ashburn-1",
  "us-ashburn_1",
  "us-ashburn-01",
  "us‑ashburn‑1",
  "us-east-1",
  "constructor",
  "__proto__",
  "iad,phx",
  "us-ashburn-1".repeat(100_000),
];

for (const text of unknown)
  test(`P7 no region is guessed from ${JSON.stringify(text.slice(0, 30))}`, () => {
    assert.equal(regionOf(text), undefined);
    assert.equal(isRealm(text), false);
  });
