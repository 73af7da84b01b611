import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../../src/egress/compile.ts";
import type { CompileInput } from "../../../src/egress/compile.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import type { Egress, Port } from "../../../src/zone/zone.ts";
import { region, zone } from "../world.ts";

const https: readonly Port[] = [{ protocol: "TCP", port: 443 }];
const network = (cidrs: readonly string[], ports = https) => ({
  name: "partner",
  addresses: addressesOf(cidrs),
  ports,
});
const egress = (parts: Partial<Egress>): CompileInput => ({
  zone: zone({ egress: { ...zone().egress, ...parts } }),
  clusters: [],
  apiServer: undefined,
  dns: [],
});

/** Zones that parsing refuses, as a parser with a fault would let them through. */
const slips: Readonly<Record<string, readonly [input: CompileInput, reason: string, problem: RegExp]>> = {
  "the whole Internet": [
    egress({ networks: [network(["0.0.0.0/0"])] }),
    "Invalid",
    /networks\[0\].cidrs: .* is loopback/,
  ],
  "the whole IPv6 Internet": [
    egress({ networks: [network(["::/0"])] }),
    "Invalid",
    /IPv4-mapped and can never be approved/,
  ],
  "two halves that make the whole Internet": [
    egress({ networks: [network(["0.0.0.0/1"]), network(["128.0.0.0/1"])] }),
    "Invalid",
    /networks\[1\].cidrs: .* is multicast/,
  ],
  "E5 instance metadata": [
    egress({ networks: [network(["169.254.169.254/32"])] }),
    "Invalid",
    /169.254.169.254\/32 is link-local/,
  ],
  "E5 NAT64, which reaches all of IPv4": [egress({ networks: [network(["64:ff9b::/96"])] }), "Invalid", /NAT64/],
  "a network without ports": [
    egress({ networks: [network(["203.0.113.0/24"], [])] }),
    "Invalid",
    /ports: .*every port/,
  ],
  "a network without addresses": [egress({ networks: [network([])] }), "Invalid", /cidrs: .*everywhere/],
  "a DNS cache that is a whole block": [
    egress({ dns: { ...zone().egress.dns, nodeLocalAddresses: [{ family: "v4", first: 0xa9fe_0000n, prefix: 16 }] } }),
    "Invalid",
    /169.254.0.0\/16 is not one address/,
  ],
  "a loopback block in an approved cluster": [
    {
      ...egress({ clusters: ["west"] }),
      clusters: [{ name: "west", region: region("us-phoenix-1"), networks: [network(["127.0.0.0/24"])] }],
    },
    "Invalid",
    /RemoteCluster west spec.networks\[0\].cidrs: 127.0.0.0\/24 is loopback/,
  ],
  "ingress from everywhere": [
    {
      ...egress({}),
      zone: zone({
        ingress: {
          isolation: "Isolated",
          from: [{ kind: "addresses", addresses: addressesOf(["0.0.0.0/0"]), ports: [] }],
        },
      }),
    },
    "Invalid",
    /spec.ingress.from\[0\].cidrs/,
  ],
  "an API server without a port": [
    { ...egress({ apiServer: "Allow" }), apiServer: [{ addresses: ["10.0.0.1"], port: 0 }] },
    "ApiServerUnknown",
    /no usable port/,
  ],
  "an API server without addresses": [
    { ...egress({ apiServer: "Allow" }), apiServer: [{ addresses: [], port: 6443 }] },
    "ApiServerUnknown",
    /none are known/,
  ],
  "rules too long to store, though their blocks are few": [
    egress({
      networks: Array.from({ length: 1_000 }, (_, index) =>
        network(
          ["203.0.113.0/24"],
          Array.from({ length: 40 }, (_port, at) => ({ protocol: "TCP", port: index * 60 + at * 2 + 1 })),
        ),
      ),
    }),
    "PolicyTooLarge",
    /bytes in one policy/,
  ],
};

for (const [says, [input, reason, problem]] of Object.entries(slips))
  test(`nothing is compiled from ${says}`, () => {
    const got = compile(input);
    assert.ok(got.kind === "refused");
    assert.equal(got.reason, reason);
    assert.match(got.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"), problem);
  });
