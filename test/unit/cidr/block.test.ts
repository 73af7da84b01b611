import assert from "node:assert/strict";
import { test } from "node:test";
import { isIPv4 } from "node:net";
import { parseCidr as parseLax } from "cidr-tools";
import * as fc from "fast-check";
import { widths } from "../../../src/cidr/address.ts";
import { blockOf, lastOf, parseCidr, printCidr } from "../../../src/cidr/block.ts";

const good: readonly (readonly [text: string, canonical: string])[] = [
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["0.0.0.0/0", "0.0.0.0/0"],
  ["::/0", "::/0"],
  ["203.0.113.7/32", "203.0.113.7/32"],
  ["2001:DB8::/32", "2001:db8::/32"],
  ["2001:0db8:0000:0000:0000:0000:0000:0000/32", "2001:db8::/32"],
  ["64:ff9b::0.0.0.0/96", "64:ff9b::/96"],
  ["2001:db8::1/128", "2001:db8::1/128"],
];

for (const [text, canonical] of good)
  test(`E12 a block is read and printed canonically: ${text}`, () => {
    const parsed = parseCidr(text);
    assert.ok(parsed.ok);
    assert.equal(printCidr(parsed.block), canonical);
  });

const bad: readonly (readonly [text: string, problem: string])[] = [
  ["", "the text is empty"],
  ["10.1.2.3/8", "10.1.2.3/8 has host bits set: did you mean 10.0.0.0/8?"],
  ["10.1.2.3/0", "10.1.2.3/0 has host bits set: did you mean 0.0.0.0/0?"],
  ["2001:DB8::1/64", "2001:DB8::1/64 has host bits set: did you mean 2001:db8::/64?"],
  ["10.1.2.3", "10.1.2.3 has no prefix length: did you mean 10.1.2.3/32?"],
  ["2001:db8::1", "2001:db8::1 has no prefix length: did you mean 2001:db8::1/128?"],
  ["10.0.0.0/33", "10.0.0.0/33 has no prefix length from 0 to 32 after the slash"],
  ["::/129", "::/129 has no prefix length from 0 to 128 after the slash"],
  ["10.0.0.0/", "10.0.0.0/ has no prefix length from 0 to 32 after the slash"],
  ["10.0.0.0/+8", "10.0.0.0/+8 has no prefix length from 0 to 32 after the slash"],
  ["10.0.0.0/-1", "10.0.0.0/-1 has no prefix length from 0 to 32 after the slash"],
  ["10.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0 has no prefix length from 0 to 32 after the slash"],
  ["10.0.0.0/08", "10.0.0.0/08 has leading zeros in the prefix length: did you mean 10.0.0.0/8?"],
  ["10.1.0.0/08", "10.1.0.0/08 has leading zeros in the prefix length: did you mean 10.0.0.0/8?"],
  ["10.0.0.0/8/8", "10.0.0.0/8/8 has more than one slash"],
  ["10.0.0/8", "10.0.0/8 is not an address: IPv4 has four numbers, IPv6 has colons"],
  ["010.0.0.0/8", "010.0.0.0/8 has leading zeros, which some programs read as octal: did you mean 10.0.0.0/8?"],
  ["010.1.0.0/8", "010.1.0.0/8 has leading zeros, which some programs read as octal: did you mean 10.0.0.0/8?"],
  ["::ffff:10.0.0.0/104", "::ffff:10.0.0.0/104 is an IPv4 address mapped into IPv6: did you mean 10.0.0.0/8?"],
  ["::ffff:10.0.0.0/95", "::ffff:10.0.0.0/95 is an IPv4 address mapped into IPv6"],
  ["::ffff:0:0/x", "::ffff:0:0/x is an IPv4 address mapped into IPv6"],
  ["fe80::1%eth0/64", "fe80::1%eth0/64 has a zone id: did you mean fe80::/64?"],
  ["10.0.0.0/8 ", "the text has spaces or characters that are not printable ASCII: did you mean 10.0.0.0/8?"],
  ["10.0.0.0 /8", "the text has spaces or characters that are not printable ASCII"],
  ["10.0.0.0/8\u0000", "the text has spaces or characters that are not printable ASCII"],
  ["/".repeat(100_000), "the text is longer than 64 characters"],
];

for (const [text, problem] of bad)
  test(`E12 a block is refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.deepEqual(parseCidr(text), { ok: false, problem });
  });

const block = fc.oneof(
  fc.tuple(fc.constant("v4" as const), fc.bigInt(0n, (1n << 32n) - 1n), fc.integer({ min: 0, max: 32 })),
  fc.tuple(fc.constant("v6" as const), fc.bigInt(1n << 60n, (1n << 128n) - 1n), fc.integer({ min: 0, max: 128 })),
);

test("whatever is printed reads back as the same block, and cidr-tools sees the same first and last address", () => {
  fc.assert(
    fc.property(block, ([family, value, prefix]) => {
      const host = BigInt(widths[family] - prefix);
      const made = { family, first: (value >> host) << host, prefix };
      const text = printCidr(made);
      assert.deepEqual(parseCidr(text), { ok: true, block: made });
      const { start, end, version } = parseLax(text);
      assert.deepEqual(
        { start, end, version },
        { start: made.first, end: lastOf(made), version: family === "v4" ? 4 : 6 },
      );
    }),
  );
});

test("host bits are refused with the block that holds the address", () => {
  fc.assert(
    fc.property(block, ([family, value, prefix]) => {
      const host = BigInt(widths[family] - prefix);
      fc.pre((value >> host) << host !== value);
      const text = `${printCidr({ family, first: value, prefix: 0 }).slice(0, -2)}/${prefix}`;
      const parsed = parseCidr(text);
      assert.ok(!parsed.ok);
      const meant = /did you mean (\S+)\?$/.exec(parsed.problem)?.[1] ?? "";
      assert.deepEqual(parseCidr(meant), { ok: true, block: { family, first: (value >> host) << host, prefix } });
    }),
  );
});

test("what is read as IPv4 is IPv4 to Node as well, and every correction offered is itself accepted", () => {
  const text = fc.string({ unit: fc.constantFrom(..."0012589af:./%"), maxLength: 24 });
  const spelled = fc.oneof(
    text,
    fc.tuple(fc.ipV4(), fc.nat(40)).map(([ip, n]) => `0${ip}/${n}`),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(spelled, (spelling) => {
      const parsed = parseCidr(spelling);
      if (parsed.ok) return void assert.equal(isIPv4(spelling.split("/")[0] ?? ""), parsed.block.family === "v4");
      const meant = /did you mean (\S+)\?$/.exec(parsed.problem)?.[1];
      if (meant !== undefined) assert.ok(parseCidr(meant).ok, meant);
    }),
  );
});

test("the block of one address holds that address alone", () => {
  const one = blockOf({ family: "v4", value: 0x0a01_0203n });
  assert.equal(printCidr(one), "10.1.2.3/32");
  assert.equal(lastOf(one), one.first);
});
