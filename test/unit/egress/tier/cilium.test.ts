import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { compile, grantsOf } from "../../../../src/egress/compile.ts";
import { ciliumPolicy } from "../../../../src/egress/tier/cilium.ts";
import { tierInput } from "../../../../src/egress/tier/input.ts";
import type { Zone } from "../../../../src/zone/zone.ts";
import { zone } from "../../world.ts";
import { pods, spaces } from "../contain/agree.ts";
import { openedByCilium, type Rule } from "../contain/naive-cilium.ts";
import type { End, Opens } from "../contain/packet.ts";
import { seed } from "../contain/random.ts";
import { addressesIn, podsIn, portsIn, protocolsWithPorts } from "../contain/samples.ts";
import { groundOf, zoneParts } from "../contain/zones.ts";
import { goldenTier } from "./tiers.ts";

const policyOf = (value: Zone) => {
  const granted = grantsOf({ zone: value, clusters: [], apiServer: undefined, dns: [] });
  assert.ok(granted.kind === "granted");
  return ciliumPolicy(tierInput(value.name, granted));
};

/** What is denied, as what a policy that allows the same would open. */
const deniedBy = ({ spec }: NonNullable<ReturnType<typeof policyOf>>): Opens =>
  openedByCilium(
    {
      endpointSelector: {},
      egress: spec.egressDeny as readonly Rule[],
      ingress: (spec.ingressDeny ?? []) as readonly Rule[],
    },
    { namespace: undefined, cluster: undefined },
  );

test("E2 Cilium's denials of a zone deny exactly what its NetworkPolicies do not allow, at every boundary", (t) => {
  let written = 0;
  fc.assert(
    fc.property(zoneParts, (parts) => {
      const value = zone(parts);
      const compiled = compile({ zone: value, clusters: [], apiServer: undefined, dns: [] });
      assert.ok(compiled.kind === "compiled");
      const specs = compiled.specs.map(({ spec }) => spec);
      const policy = policyOf(value);
      if (policy === undefined) return;
      written++;
      const { allows } = groundOf(specs);
      const denies = deniedBy(policy);
      // Port 0 is Cilium's word for every port, and cannot be named.
      const ports = protocolsWithPorts(portsIn([policy, specs])).filter(
        ({ port, protocol }) => port > 0 || protocol === "other",
      );
      const ends: readonly End[] = [...addressesIn([policy, specs]), ...podsIn([policy, specs], spaces, pods)];
      for (const direction of ["egress", "ingress"] as const)
        for (const end of ends) {
          const [shut, open] = [denies(direction, end), allows(direction, end)];
          const some = ports.some(({ protocol, port }) => open?.(protocol, port) === true);
          for (const { protocol, port } of ports) {
            const [isDenied, isAllowed] = [shut?.(protocol, port) ?? false, open?.(protocol, port) ?? false];
            // Protocols without ports are left to the NetworkPolicies where some port is open.
            if (protocol === "other" && some) assert.ok(!isDenied || !isAllowed);
            else assert.equal(isDenied, !isAllowed, JSON.stringify({ direction, end, protocol, port }));
          }
        }
    }),
    { numRuns: 100, seed },
  );
  t.diagnostic(`${written} of 100 zones could be written out`);
  assert.ok(written > 50);
});

test("E2 a zone as Cilium's denials is as wanted", () => {
  const got = stringify(policyOf(goldenTier), { aliasDuplicateObjects: false, lineWidth: 0 });
  const want = new URL("../../../golden/tier/cilium.want.yaml", import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(want, got);
  assert.equal(got, readFileSync(want, "utf8"));
});
