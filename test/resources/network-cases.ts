import { type Cases, approving, bad, clusterWith, good, network, refused, stored, zoneWith } from "./case.ts";

const cidrs = "spec.egress.networks[0].cidrs";
const first = `${cidrs}[0]`;
const shape = [first, "must be a block of addresses such as 203.0.113.0/24 or 2001:db8::/48"];

const blocks = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `10.${i >> 8}.${i & 255}.0/24`);
const networks = (count: number) => Array.from({ length: count }, (_, i) => network({ name: `n${i}` }));
const ports = (...list: readonly unknown[]) => zoneWith({ egress: { networks: [network({ ports: list })] } });

/** Networks of ResidencyZones, and RemoteClusters, which have little else. */
export const networkCases: Cases = {
  "a cluster is a region and a network": good(clusterWith({})),
  "the most networks and blocks there may be are good": good(
    clusterWith({ networks: networks(64).map((one) => ({ ...one, cidrs: blocks(256) })) }),
  ),
  "any spelling of IPv6 is good": good(approving("2001:DB8:0:0::/64")),
  "a block with host bits is refused, and the block meant is named": bad(
    approving("10.1.2.3/8"),
    [first, "must have no host bits: write the first address of the block"],
    { [first]: "10.1.2.3/8 has host bits set: did you mean 10.0.0.0/8?" },
  ),
  "leading zeros are refused": bad(approving("010.0.0.0/8"), shape, { [first]: "leading zeros" }),
  "IPv4 mapped into IPv6 is refused": bad(approving("::ffff:203.0.113.0/120"), shape, {
    [first]: "did you mean 203.0.113.0/24?",
  }),
  "an address without a length is refused": bad(approving("203.0.113.7"), shape, {
    [first]: "did you mean 203.0.113.7/32?",
  }),
  "a length of 33 is refused": bad(approving("203.0.113.0/33"), shape, { [first]: "prefix length from 0 to 32" }),
  "the whole of IPv4 is refused": bad(approving("0.0.0.0/0"), [first, "must not be the whole Internet"], {
    [first]: "0.0.0.0/0 is the whole Internet",
  }),
  "the whole of IPv6 is refused": bad(approving("::/0"), [first, "must not be the whole Internet"], {
    [first]: "::/0 is the whole Internet",
  }),
  "loopback is stored, and not accepted": stored(approving("127.0.0.0/8"), { [first]: "loopback" }),
  "half of the Internet is not accepted, for it holds what nobody may approve": stored(approving("128.0.0.0/1"), {
    [first]: "128.0.0.0/1 overlaps 168.63.129.16/32: instance metadata",
  }),
  "instance metadata is not accepted": stored(approving("169.254.169.254/32"), { [first]: "instance metadata" }),
  "multicast is not accepted": stored(approving("ff02::/16"), { [first]: "multicast" }),
  "NAT64, which reaches all of IPv4, is not accepted": stored(approving("64:ff9b::/96"), { [first]: "NAT64" }),
  "a block named twice is refused": bad(
    zoneWith({ egress: { networks: [network({ cidrs: ["10.0.0.0/8", "10.0.0.0/8"] })] } }),
    [`${cidrs}[1]: Duplicate value`],
    { [`${cidrs}[1]`]: `repeats ${cidrs}[0]` },
  ),
  "257 blocks are refused": bad(
    zoneWith({ egress: { networks: [network({ cidrs: blocks(257) })] } }),
    [`${cidrs}: Too many: 257: must have at most 256 items`],
    { [cidrs]: "has 257 items; at most 256 are allowed" },
  ),
  "a block of 44 characters is refused": bad(approving(`${"0".repeat(41)}/24`), [`${first}: Too long`], {
    [first]: "is longer than 43 characters",
  }),
  "65 networks are refused": bad(
    zoneWith({ egress: { networks: networks(65) } }),
    ["spec.egress.networks: Too many: 65"],
    { "spec.egress.networks": "has 65 items; at most 64 are allowed" },
  ),
  "two networks of one name are refused": bad(
    clusterWith({ networks: [network({}), network({ cidrs: ["198.51.100.0/24"] })] }),
    ['spec.networks[1]: Duplicate value: {"name":"partner"}'],
    { "spec.networks[1]": "repeats spec.networks[0]" },
  ),
  "a network without ports is refused": bad(
    zoneWith({ egress: { networks: [{ name: "partner", cidrs: ["203.0.113.0/24"] }] } }),
    ["spec.egress.networks[0].ports: Required value"],
    { "spec.egress.networks[0].ports": "is required" },
  ),
  "an empty list of ports is refused": bad(ports(), ["spec.egress.networks[0].ports", "at least 1 items"], {
    "spec.egress.networks[0].ports": "needs at least one item",
  }),
  "port 0 is refused": bad(ports({ port: 0 }), ["ports[0].port", "greater than or equal to 1"], {
    "spec.egress.networks[0].ports[0].port": "must be a whole number from 1 to 65535, and is 0",
  }),
  "port 65536 is refused": bad(ports({ port: 65_536 }), ["ports[0].port", "less than or equal to 65535"], {
    "spec.egress.networks[0].ports[0].port": "must be a whole number from 1 to 65535, and is 65536",
  }),
  "a named port is refused": bad(ports({ port: "https" }), ["ports[0].port", "must be of type integer"], {
    "spec.egress.networks[0].ports[0].port": 'must be a whole number from 1 to 65535, and is "https"',
  }),
  "a range that ends before it starts is refused": refused(
    ports({ port: 443, endPort: 80 }),
    "spec.egress.networks[0].ports[0].endPort",
    "must not be below port",
  ),
  "a port named twice is refused, TCP being what is meant without a protocol": bad(
    ports({ port: 443 }, { protocol: "TCP", port: 443 }),
    ["spec.egress.networks[0].ports[1]: Duplicate value"],
    { "spec.egress.networks[0].ports[1]": "repeats spec.egress.networks[0].ports[0]" },
  ),
  "a protocol that policies do not know is refused": bad(
    ports({ protocol: "ICMP", port: 1 }),
    ['Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"'],
    { "spec.egress.networks[0].ports[0].protocol": 'must be TCP, UDP, or SCTP, and is "ICMP"' },
  ),
  "a cluster without a region is refused": bad(clusterWith({ region: undefined }), ["spec.region: Required value"], {
    "spec.region": "is required",
  }),
  "a cluster in a region's key is stored, and not accepted": stored(clusterWith({ region: "iad" }), {
    "spec.region": "did you mean us-ashburn-1?",
  }),
  "a cluster without networks is refused": bad(clusterWith({ networks: [] }), ["spec.networks", "at least 1 items"], {
    "spec.networks": "needs at least one item",
  }),
  "a cluster named with a dot is refused": refused(
    clusterWith({}, "us.analytics"),
    "metadata.name",
    "must be a DNS label: at most 63 lower-case letters, digits and hyphens",
  ),
};
