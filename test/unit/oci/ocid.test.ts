import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseOcid } from "../../../src/oci/ocid.ts";
import { regionByIdentifier, regions } from "../../../src/oci/regions.ts";

const unique = "anuwcljtgqlqxyacp5wvqkbpnzxxybszxgbwnhnbkcdvrnxjjj2v4xewnqga";

test("an OCID names its region in any of three spellings, with and without a segment for the future", () => {
  for (const region of regions)
    for (const spelling of [region.identifier, region.key, region.identifier.replaceAll("-", "_")])
      for (const future of ["", "later."]) {
        const parsed = parseOcid(`ocid1.instance.${region.realm}.${spelling}.${future}${unique}`);
        assert.deepEqual(parsed, { ok: true, ocid: { type: "instance", realm: region.realm, region, unique } });
      }
});

test("P7 a region is refused with every realm but its own", () => {
  const realms = new Set(regions.map(({ realm }) => realm));
  for (const region of regions)
    for (const realm of realms) {
      const parsed = parseOcid(`ocid1.instance.${realm}.${region.key}.${unique}`);
      if (realm === region.realm) assert.ok(parsed.ok);
      else assert.ok(!parsed.ok && parsed.fault === "foreign-realm");
    }
});

test("a blank region is no evidence and no fault", () => {
  assert.deepEqual(parseOcid(`ocid1.tenancy.oc1..${unique}`), {
    ok: true,
    ocid: { type: "tenancy", realm: "oc1", region: undefined, unique },
  });
});

test("File Storage writes the region with underscores", () => {
  const parsed = parseOcid("ocid1.filesystem.oc1.us_ashburn_1.aaaaaaaaaab3mze6mzxw24tqpfrwillqojxwiotboaww");
  assert.ok(parsed.ok);
  assert.equal(parsed.ocid.region, regionByIdentifier("us-ashburn-1"));
});

const shape: readonly (readonly [says: string, text: string])[] = [
  ["nothing", ""],
  ["dots only", "....."],
  ["no version", `instance.oc1.iad.${unique}`],
  ["another version", `ocid2.instance.oc1.iad.${unique}`],
  ["an upper-case version", `OCID1.instance.oc1.iad.${unique}`],
  ["a space before", ` ocid1.instance.oc1.iad.${unique}`],
  ["a newline after", `ocid1.instance.oc1.iad.${unique}\n`],
  ["a newline and a second OCID", `ocid1.instance.oc1.iad.${unique}\nocid1.instance.oc1.phx.${unique}`],
  ["no type", `ocid1..oc1.iad.${unique}`],
  ["no realm", `ocid1.instance..iad.${unique}`],
  ["no unique part", "ocid1.instance.oc1.iad."],
  ["no unique segment", "ocid1.instance.oc1.iad"],
  ["an empty future segment", `ocid1.instance.oc1.iad..${unique}`],
  ["one segment too many", `ocid1.instance.oc1.iad.later.much.${unique}`],
  ["a dot after", `ocid1.instance.oc1.iad.${unique}.`],
  ["an upper-case unique part, a second spelling of one machine", `ocid1.instance.oc1.iad.${unique.toUpperCase()}`],
  ["an upper-case region", `ocid1.instance.oc1.IAD.${unique}`],
  ["an upper-case realm", `ocid1.instance.OC1.iad.${unique}`],
  ["a realm that is no realm", `ocid1.instance.aws.iad.${unique}`],
  ["a realm with a leading zero", `ocid1.instance.oc01.iad.${unique}`],
  ["letters of another alphabet", `ocid1.instance.oc1.iаd.${unique}`],
  ["a zero byte", `ocid1.instance.oc1.iad.${unique}\u0000`],
  ["a slash", `ocid1.instance.oc1.iad.${unique}/x`],
  ["256 characters", `ocid1.instance.oc1.iad.${"a".repeat(233)}`],
  ["a million dots", ".".repeat(1_000_000)],
];

for (const [says, text] of shape)
  test(`O5 an OCID is refused for its shape: ${says}`, () => {
    const parsed = parseOcid(text);
    assert.ok(!parsed.ok);
    assert.equal(parsed.fault, "shape");
  });

test("255 characters are an OCID, one more is not", () => {
  assert.ok(parseOcid(`ocid1.instance.oc1.iad.${"a".repeat(232)}`).ok);
});

const regionsUnknown: readonly string[] = [
  "iax",
  "us-ashburn-3",
  "us-ashburn",
  "us",
  "us_ashburn-1",
  "us-ashburn_1",
  "-",
];

for (const spelling of regionsUnknown)
  test(`P7 an OCID of the unknown region ${spelling} is refused, never guessed`, () => {
    assert.deepEqual(parseOcid(`ocid1.instance.oc1.${spelling}.${unique}`), {
      ok: false,
      fault: "unknown-region",
      problem: `"${spelling}" is not a region that Oracle's SDK knows`,
    });
  });

test("the problem of a region outside its realm names both realms", () => {
  const parsed = parseOcid(`ocid1.instance.oc1.us-ashburn-2.${unique}`);
  assert.ok(!parsed.ok);
  assert.equal(parsed.problem, "region us-ashburn-2 belongs to realm oc42, and the OCID says oc1");
});

test("O5 no text makes the parser throw, and no problem holds what a log must not", () => {
  const piece = fc.oneof(fc.constantFrom("ocid1", "instance", "oc1", "iad", "", unique), fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const parsed = parseOcid(pieces.join("."));
      if (!parsed.ok) assert.match(parsed.problem, /^[ -~]+$/);
    }),
  );
});
