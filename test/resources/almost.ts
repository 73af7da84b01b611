import * as fc from "fast-check";
import { type Json, approving } from "./case.ts";
import { networkCases } from "./network-cases.ts";
import { zoneCases } from "./zone-cases.ts";

/** Those of many blocks would only make the same run slower. */
const resources = Object.values({ ...zoneCases, ...networkCases })
  .map(({ resource }) => resource)
  .filter((resource) => JSON.stringify(resource).length < 2_000);

/** A resource of the tables in whose spec one value, somewhere, is any JSON at all. */
export const almostGood: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom(...resources), fc.nat(), fc.jsonValue())
  .map(([resource, at, value]) => ({ ...resource, spec: replaceOne(resource["spec"], at, value) }));

const number = fc.oneof(fc.nat({ max: 300 }).map(String), fc.constantFrom("00", "01", "", "a", "-1"));
const group = fc.oneof(
  fc.nat({ max: 0xffff }).map((value) => value.toString(16)),
  fc.constantFrom("", "0", "0000", "00001", "FFFF", "ffff", "g"),
);
const address = fc.oneof(
  fc.array(number, { minLength: 3, maxLength: 5 }).map((parts) => parts.join(".")),
  fc.array(group, { minLength: 2, maxLength: 9 }).map((groups) => groups.join(":")),
  fc.tuple(group, group).map(([head, tail]) => `${head}::${tail}`),
  fc.constantFrom("::", "::ffff:1.2.3.0", "fe80::%eth0", "64:ff9b::1.2.3.0", " 10.0.0.0", "10.0.0.0 "),
);
const length = fc.oneof(fc.nat({ max: 130 }).map(String), fc.constantFrom("", "08", "+8", "-1", "8/8"));

/** Aligned as a rule: some leading parts, zeros, and a length that covers the parts. */
const aligned = fc.oneof(
  fc
    .tuple(fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 4 }), fc.nat({ max: 24 }))
    .map(([parts, more]) => `${[...parts, 0, 0, 0].slice(0, 4).join(".")}/${Math.min(8 * parts.length + more, 32)}`),
  fc
    .tuple(fc.array(group, { minLength: 1, maxLength: 7 }), fc.nat({ max: 112 }))
    .map(([groups, more]) => `${groups.join(":")}::/${Math.min(16 * groups.length + more, 128)}`),
);

/** Zones that approve one block: right, nearly right, or wrong. */
export const almostBlocks: fc.Arbitrary<Json> = fc
  .oneof(
    aligned,
    fc.tuple(address, fc.constantFrom("/", "/", "/", ""), length).map((parts) => parts.join("")),
  )
  .map(approving);

/** The JSON with its `at`-th value (counted around) replaced. */
const replaceOne = (json: unknown, at: number, value: unknown): unknown => {
  const count = JSON.stringify(json)?.match(/[[{:,]/g)?.length ?? 1;
  let left = at % count;
  return json === undefined
    ? value
    : JSON.parse(JSON.stringify(json), (_key, old: unknown) => (left-- === 0 ? value : old));
};
