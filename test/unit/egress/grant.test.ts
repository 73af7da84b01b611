import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { compile, grantsOf } from "../../../src/egress/compile.ts";
import { policyOf } from "../../../src/egress/grant.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import { region, zone } from "../world.ts";
import { widening } from "./contain/agree.ts";
import { openedBy, type Spec } from "./contain/naive-network-policy.ts";
import type { Opens } from "./contain/packet.ts";
import { runs, seed } from "./contain/random.ts";
import { zoneParts } from "./contain/zones.ts";

const opensOf = (specs: readonly Spec[]): Opens => {
  const each = specs.map((spec) => openedBy(spec, "payments"));
  return (direction, end) => {
    const open = each.flatMap((opens) => opens(direction, end) ?? []);
    return (protocol, port) => open.some((one) => one(protocol, port));
  };
};

test("what is opened thing by thing is what the policies open together, packet by packet", () => {
  fc.assert(
    fc.property(zoneParts, (parts) => {
      const input = { zone: zone(parts), clusters: [], apiServer: undefined, dns: [] };
      const [compiled, granted] = [compile(input), grantsOf(input)];
      assert.ok(compiled.kind === "compiled" && granted.kind === "granted");
      const { egress, ingress } = granted;
      const single = [
        ...egress.map((grant) => policyOf(grant, "egress")),
        ...(ingress === "everybody"
          ? [{ policyTypes: ["Ingress"], ingress: [{}] }]
          : ingress.map((grant) => policyOf(grant, "ingress"))),
      ];
      const specs = compiled.specs.map(({ spec }) => spec);
      const [together, apart] = [opensOf(specs), opensOf(single)];
      const written = [specs, single];
      assert.equal(widening({ written, opens: together, allows: apart }, []), undefined);
      assert.equal(widening({ written, opens: apart, allows: together }, []), undefined);
    }),
    { seed, numRuns: runs },
  );
});

test("each thing that is open names the field of the zone that opens it", () => {
  const { egress } = zone();
  const tcp = [{ protocol: "TCP" as const, port: 443 }];
  const network = (name: string, cidr: string) => ({ name, addresses: addressesOf([cidr]), ports: tcp });
  const granted = grantsOf({
    zone: zone({
      egress: {
        ...egress,
        apiServer: "Allow",
        clusters: ["first", "second"],
        networks: [network("partner", "203.0.113.0/24")],
      },
      ingress: {
        isolation: "Isolated",
        from: [{ kind: "addresses", addresses: addressesOf(["10.0.0.0/24"]), ports: [] }],
      },
    }),
    clusters: ["second", "first"].map((name, at) => ({
      name,
      region: region("us-phoenix-1"),
      networks: [network("gateway", `198.51.${at}.0/24`)],
    })),
    apiServer: [{ addresses: ["10.0.0.4"], port: 6443 }],
    dns: [],
  });
  assert.ok(granted.kind === "granted" && granted.ingress !== "everybody");
  assert.deepEqual(
    [...granted.egress, ...granted.ingress].map(({ why, path }) => [why.kind, path]),
    [
      ["dns", "spec.egress.dns"],
      ["withinZone", "spec.egress.withinZone"],
      ["apiServer", "spec.egress.apiServer"],
      ["cluster", "spec.egress.clusters[0]"],
      ["cluster", "spec.egress.clusters[1]"],
      ["network", "spec.egress.networks[0]"],
      ["withinZone", "spec.egress.withinZone"],
      ["peer", "spec.ingress.from[0]"],
    ],
  );
  assert.deepEqual(
    granted.egress.flatMap(({ why }) => (why.kind === "cluster" ? [why.cluster] : [])),
    ["first", "second"],
  );
});
