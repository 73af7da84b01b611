import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { parseAddress, printAddress } from "../../../src/cidr/address.ts";

const good: readonly (readonly [says: string, text: string, canonical: string])[] = [
  ["dotted decimal stays as it is", "10.1.2.3", "10.1.2.3"],
  ["the lowest IPv4 address", "0.0.0.0", "0.0.0.0"],
  ["the highest IPv4 address", "255.255.255.255", "255.255.255.255"],
  ["upper case becomes lower case", "2001:DB8::A", "2001:db8::a"],
  ["leading zeros of an IPv6 group go", "2001:0db8:0000::0001", "2001:db8::1"],
  ["eight groups are compressed", "2001:db8:0:0:0:0:0:1", "2001:db8::1"],
  ["the unspecified address", "::", "::"],
  ["one zero group is not compressed", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  [":: for one group is read and not printed", "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["the first of two equal runs is compressed", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["the longest run is compressed", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["a run at the end", "fe80:1:0:0:0:0:0:0", "fe80:1::"],
  ["a dotted tail outside the mapped range", "64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ["a dotted tail after six groups", "1:2:3:4:5:6:192.0.2.33", "1:2:3:4:5:6:c000:221"],
];

for (const [says, text, canonical] of good)
  test(`E12 an address is read: ${says} (${text})`, () => {
    const parsed = parseAddress(text);
    assert.ok(parsed.ok);
    assert.equal(printAddress(parsed.address), canonical);
  });

const bad: readonly (readonly [text: string, problem: string])[] = [
  ["", "the text is empty"],
  ["10.1.2", "10.1.2 is not an address: IPv4 has four numbers, IPv6 has colons"],
  ["10.1.2.3.4", "10.1.2.3.4 is not an address: IPv4 has four numbers, IPv6 has colons"],
  ["10.1.2.", '10.1.2. has "" where a number from 0 to 255 belongs'],
  ["10.1.2.256", '10.1.2.256 has "256" where a number from 0 to 255 belongs'],
  ["0x0a.1.2.3", '0x0a.1.2.3 has "0x0a" where a number from 0 to 255 belongs'],
  ["+1.2.3.4", '+1.2.3.4 has "+1" where a number from 0 to 255 belongs'],
  ["010.1.2.3", "010.1.2.3 has leading zeros, which some programs read as octal: did you mean 10.1.2.3?"],
  ["10.1.2.00", "10.1.2.00 has leading zeros, which some programs read as octal: did you mean 10.1.2.0?"],
  ["::ffff:10.1.2.3", "::ffff:10.1.2.3 is an IPv4 address mapped into IPv6: did you mean 10.1.2.3?"],
  ["0:0:0:0:0:FFFF:a01:203", "0:0:0:0:0:FFFF:a01:203 is an IPv4 address mapped into IPv6: did you mean 10.1.2.3?"],
  ["fe80::1%eth0", "fe80::1%eth0 has a zone id: did you mean fe80::1?"],
  ["fe80::1%", "fe80::1% has a zone id: did you mean fe80::1?"],
  ["1::2::3", "1::2::3 has :: more than once"],
  ["1:::2", '1:::2 has "" where one to four hexadecimal digits belong'],
  [":1:2:3:4:5:6:7", ':1:2:3:4:5:6:7 has "" where one to four hexadecimal digits belong'],
  ["1:2:3:4:5:6:7:", '1:2:3:4:5:6:7: has "" where one to four hexadecimal digits belong'],
  ["1:2:3:4:5:6:7", "1:2:3:4:5:6:7 does not have the eight groups of an IPv6 address"],
  ["1:2:3:4::5:6:7:8", "1:2:3:4::5:6:7:8 does not have the eight groups of an IPv6 address"],
  ["1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8:9 does not have the eight groups of an IPv6 address"],
  ["12345::", '12345:: has "12345" where one to four hexadecimal digits belong'],
  ["::g", '::g has "g" where one to four hexadecimal digits belong'],
  ["1.2.3.4::", '1.2.3.4:: has "1.2.3.4" where one to four hexadecimal digits belong'],
  ["::01.2.3.4", "::01.2.3.4 has leading zeros, which some programs read as octal"],
  ["[::1]", '[::1] has "[" where one to four hexadecimal digits belong'],
  [" 10.1.2.3\n", "the text has spaces or characters that are not printable ASCII: did you mean 10.1.2.3?"],
  ["10.1.2.3\n10.1.2.4", "the text has spaces or characters that are not printable ASCII"],
  ["１０.1.2.3", "the text has spaces or characters that are not printable ASCII"],
  ["9".repeat(1_000_000), "the text is longer than 64 characters"],
];

for (const [text, problem] of bad)
  test(`E12 an address is refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.deepEqual(parseAddress(text), { ok: false, problem });
  });

test("an IPv4-mapped address, which only a set can hold, is printed dotted as RFC 5952 says", () => {
  assert.equal(printAddress({ family: "v6", value: 0xffff_0a01_0203n }), "::ffff:10.1.2.3");
});

test("whatever is printed reads back as the same address, and prints the same again", () => {
  const v4 = fc.bigInt(0n, (1n << 32n) - 1n).map((value) => ({ family: "v4" as const, value }));
  const groups = fc.array(fc.oneof(fc.constant(0n), fc.bigInt(0n, 0xffffn)), { minLength: 8, maxLength: 8 });
  const v6 = groups
    .map((all) => ({ family: "v6" as const, value: all.reduce((sum, group) => (sum << 16n) | group, 0n) }))
    .filter(({ value }) => value >> 32n !== 0xffffn);
  fc.assert(
    fc.property(fc.oneof(v4, v6), (address) => {
      assert.deepEqual(parseAddress(printAddress(address)), { ok: true, address });
    }),
  );
});

test("no text makes the parser throw, and no problem spans lines", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."0123456789af:./%[] \n") }),
  );
  fc.assert(
    fc.property(text, (spelling) => {
      const parsed = parseAddress(spelling);
      if (!parsed.ok) assert.match(parsed.problem, /^[ -~]{1,200}$/);
    }),
  );
});
