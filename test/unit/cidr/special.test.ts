import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCidr } from "../../../src/cidr/block.ts";
import { specialIn, specials } from "../../../src/cidr/special.ts";

const found = (text: string): string | undefined => {
  const parsed = parseCidr(text);
  assert.ok(parsed.ok, text);
  return specialIn(parsed.block)?.cidr;
};

const table: readonly (readonly [says: string, text: string, cidr: string | undefined])[] = [
  ["instance metadata", "169.254.169.254/32", "169.254.0.0/16"],
  ["a block around link-local", "169.0.0.0/8", "169.254.0.0/16"],
  ["one loopback address", "127.0.0.53/32", "127.0.0.0/8"],
  ["this network", "0.1.0.0/16", "0.0.0.0/8"],
  ["all of IPv4, by its first special range", "0.0.0.0/0", "0.0.0.0/8"],
  ["a multicast group", "239.255.0.0/16", "224.0.0.0/4"],
  ["broadcast", "255.255.255.255/32", "255.255.255.255/32"],
  ["reserved space that is not special, without broadcast", "240.0.0.0/5", undefined],
  ["unspecified", "::/128", "::/128"],
  ["IPv6 loopback", "::1/128", "::1/128"],
  ["all of IPv6, by its first special range", "::/0", "::/128"],
  ["a block that swallows the mapped range from outside", "::fffe:0:0/95", "::ffff:0.0.0.0/96"],
  ["NAT64 of 10.0.0.0/8", "64:ff9b::10.0.0.0/104", "64:ff9b::/96"],
  ["local-use NAT64", "64:ff9b:1:abcd::/64", "64:ff9b:1::/48"],
  ["IPv6 link-local", "fe80::1/128", "fe80::/10"],
  ["the end of link-local", "febf:ffff::/32", "fe80::/10"],
  ["IPv6 multicast", "ff02::1/128", "ff00::/8"],
  ["Oracle's older metadata", "192.0.0.192/32", "192.0.0.192/32"],
  ["Oracle's metadata over IPv6", "fd00:c1::a9fe:a9fe/128", "fd00:c1::a9fe:a9fe/128"],
  ["Amazon's metadata over IPv6", "fd00:ec2::/64", "fd00:ec2::254/128"],
  ["Google's metadata over IPv6", "fd20:ce::254/128", "fd20:ce::254/128"],
  ["Azure's host", "168.63.129.0/24", "168.63.129.16/32"],
  ["Alibaba's metadata", "100.100.0.0/16", "100.100.100.200/32"],
  ["unique local space, which holds metadata", "fd00::/8", "fd00:c1::a9fe:a9fe/128"],
  ["unique local space beside metadata", "fd00:c1::a9fe:a9fc/127", undefined],
  ["documentation space", "203.0.113.0/24", undefined],
  ["private space", "10.0.0.0/8", undefined],
  ["the neighbours of loopback", "126.0.0.0/8", undefined],
  ["the neighbours of IPv6 loopback", "::2/127", undefined],
  ["the neighbour of local-use NAT64", "64:ff9b:2::/48", undefined],
  ["unique local space", "fd12:3456::/32", undefined],
];

for (const [says, text, cidr] of table)
  test(`E5 ${says} (${text}) is ${cidr === undefined ? "approvable" : `never approvable: ${cidr}`}`, () => {
    assert.equal(found(text), cidr);
  });

test("every special range has a name and a source, is spelled canonically, and finds itself", () => {
  for (const special of specials) {
    assert.match(special.source, /^RFC \d+|^(Oracle|Amazon|Google|Microsoft|Alibaba) /);
    assert.notEqual(special.name, "");
    assert.equal(specialIn(special.block), special);
    const parsed = parseCidr(special.cidr);
    if (special.name !== "IPv4-mapped") assert.deepEqual(parsed, { ok: true, block: special.block });
  }
});
