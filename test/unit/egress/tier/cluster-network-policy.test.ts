import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import * as fc from "fast-check";
import { stringify } from "yaml";
import { grantsOf } from "../../../../src/egress/compile.ts";
import { clusterNetworkPolicies } from "../../../../src/egress/tier/cluster-network-policy.ts";
import { tierInput } from "../../../../src/egress/tier/input.ts";
import type { Zone } from "../../../../src/zone/zone.ts";
import { zone } from "../../world.ts";
import { pods, spaces } from "../contain/agree.ts";
import { openedByAdmin, type AdminSpec, type Rule } from "../contain/naive-admin-policy.ts";
import type { Packet } from "../contain/packet.ts";
import { seed } from "../contain/random.ts";
import { addressesIn, podsIn, portsIn, protocolsWithPorts } from "../contain/samples.ts";
import { groundOf, zoneParts } from "../contain/zones.ts";
import { compile } from "../../../../src/egress/compile.ts";
import { tierOfLimits, goldenTier } from "./tiers.ts";

const policiesOf = (value: Zone) => {
  const granted = grantsOf({ zone: value, clusters: [], apiServer: undefined, dns: [] });
  assert.equal(granted.kind, "granted");
  return granted.kind === "granted" ? clusterNetworkPolicies(tierInput(value.name, granted)) : [];
};

/** All policies as one, in the order in which they decide, of which what is denied opens and what passes does not. */
const denials = (value: Zone): AdminSpec => {
  const ordered = policiesOf(value).toSorted((a, b) => a.spec.priority - b.spec.priority);
  const turned = (rules: readonly Rule[]): readonly Rule[] =>
    rules.map((rule) => ({ ...rule, action: rule.action === "Deny" ? "Accept" : "Deny" }));
  return {
    priority: 1,
    subject: { namespaces: {} },
    egress: ordered.flatMap(({ spec }) => turned(spec.egress)),
    ingress: ordered.flatMap(({ spec }) => turned(spec.ingress)),
  };
};

test("E2 the Admin tier of a zone denies exactly what its NetworkPolicies do not allow, at every boundary", () => {
  fc.assert(
    fc.property(zoneParts, (parts) => {
      const value = zone(parts);
      const compiled = compile({ zone: value, clusters: [], apiServer: undefined, dns: [] });
      assert.equal(compiled.kind, "compiled");
      const specs = compiled.kind === "compiled" ? compiled.specs.map(({ spec }) => spec) : [];
      const { allows } = groundOf(specs);
      const written = denials(value);
      const denied = openedByAdmin(written, ["payments"]);
      const ports = protocolsWithPorts(portsIn([written, specs]));
      const differing = (direction: Packet["direction"]) =>
        [...(direction === "egress" ? addressesIn([written, specs]) : []), ...podsIn([written, specs], spaces, pods)]
          .flatMap((end) => ports.map((port) => ({ direction, end, ...port })))
          .find(
            ({ end, protocol, port }) =>
              (denied(direction, end)?.(protocol, port) ?? false) ===
              (allows(direction, end)?.(protocol, port) ?? false),
          );
      assert.equal(JSON.stringify(differing("egress")), undefined);
      assert.equal(JSON.stringify(differing("ingress")), undefined);
    }),
    { numRuns: 150, seed },
  );
});

test("E2 a zone in the Admin tier is as wanted", () => {
  const got = stringify(policiesOf(goldenTier), { aliasDuplicateObjects: false, lineWidth: 0 });
  const want = new URL("../../../golden/tier/cluster-network-policy.want.yaml", import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(want, got);
  assert.equal(got, readFileSync(want, "utf8"));
});

test("E2 no policy, rule or peer of the Admin tier is longer than the API takes", () => {
  const all = policiesOf(tierOfLimits);
  assert.ok(all.length > 2);
  for (const { spec } of all)
    for (const rules of [spec.egress, spec.ingress]) {
      assert.ok(rules.length <= 25);
      for (const { to = [], from = [], protocols = [] } of rules) {
        assert.ok(to.length <= 25 && from.length <= 25 && protocols.length <= 25);
        for (const peer of to) if ("networks" in peer) assert.ok(peer.networks.length <= 25);
      }
    }
  const blocks = all
    .filter(({ spec }) => spec.priority === 100)
    .flatMap(({ spec }) =>
      spec.egress.flatMap(({ to = [] }) => to.flatMap((peer) => ("networks" in peer ? peer.networks : []))),
    );
  assert.equal(new Set(blocks).size, 20_000);
});

test("E2 the denial decides after all that passes", () => {
  const priorities = policiesOf(tierOfLimits).map(({ spec }) => spec.priority);
  assert.ok(priorities.slice(0, -1).every((priority) => priority < (priorities.at(-1) ?? 0)));
});
