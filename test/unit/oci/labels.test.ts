import assert from "node:assert/strict";
import { test } from "node:test";
import { regionFromLabel, regionFromZoneLabel } from "../../../src/oci/labels.ts";
import { regions } from "../../../src/oci/regions.ts";

test("the region label of every region is its identifier, and in Ashburn and Phoenix its key as well", () => {
  for (const region of regions) {
    assert.equal(regionFromLabel(region.identifier), region);
    const keyIsWritten = region.key === "iad" || region.key === "phx";
    assert.equal(regionFromLabel(region.key), keyIsWritten ? region : undefined);
    assert.equal(regionFromLabel(region.identifier.toUpperCase()), undefined);
    assert.equal(regionFromLabel(region.identifier.replaceAll("-", "_")), undefined);
  }
});

test("the zone label of every region is its identifier in upper case and its availability domain", () => {
  for (const region of regions)
    for (const domain of [1, 2, 3]) {
      const label = `${region.identifier.toUpperCase()}-AD-${domain}`;
      assert.equal(regionFromZoneLabel(label), region);
      assert.equal(regionFromZoneLabel(label.toLowerCase()), undefined);
      assert.equal(regionFromLabel(label), undefined);
    }
});

const table: readonly (readonly [label: string, identifier: string | undefined])[] = [
  ["US-ASHBURN-AD-1", "us-ashburn-1"],
  ["US-ASHBURN-AD-3", "us-ashburn-1"],
  ["PHX-AD-1", "us-phoenix-1"],
  ["UK-LONDON-1-AD-2", "uk-london-1"],
  ["US-ASHBURN-2-AD-1", "us-ashburn-2"],
  ["EU-FRANKFURT-1-AD-1", "eu-frankfurt-1"],
  ["EU-FRANKFURT-2-AD-1", "eu-frankfurt-2"],
  ["EU-FRANKFURT-AD-1", undefined],
  ["US-PHOENIX-AD-1", undefined],
  ["IAD-AD-1", undefined],
  ["FRA-AD-1", undefined],
  ["US-ASHBURN-3-AD-1", undefined],
  ["US-ASHBURN-AD-0", undefined],
  ["US-ASHBURN-AD-10", undefined],
  ["US-ASHBURN-AD-", undefined],
  ["US-ASHBURN-AD-1-AD-1", undefined],
  ["Uocm:US-ASHBURN-AD-1", undefined],
  ["US-ASHBURN-AD-1\n", undefined],
  [" US-ASHBURN-AD-1", undefined],
  ["us-east-1a", undefined],
  ["-AD-1", undefined],
  ["", undefined],
  ["-AD-1".repeat(200_000), undefined],
];

for (const [label, identifier] of table)
  test(`P7 the zone label ${JSON.stringify(label.slice(0, 30))} names ${identifier ?? "no region"}`, () => {
    assert.equal(regionFromZoneLabel(label)?.identifier, identifier);
  });

for (const label of ["", "us", "us-", "us-ashburn", "IAD", "iad ", "iad\n", "fra", "us-east-1", "constructor"])
  test(`P7 the region label ${JSON.stringify(label)} names no region`, () => {
    assert.equal(regionFromLabel(label), undefined);
  });
