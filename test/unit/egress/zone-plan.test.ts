import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { blocks } from "../../../src/cidr/blocks.ts";
import { printCidr } from "../../../src/cidr/block.ts";
import { compile, grantsOf } from "../../../src/egress/compile.ts";
import { difference, openOf, type Change } from "../../../src/egress/difference.ts";
import { hasPod } from "../../../src/egress/pod-set.ts";
import { stamp } from "../../../src/egress/stamp.ts";
import { isIdle, planZones, widens, type ZonePlan } from "../../../src/egress/zone-plan.ts";
import type { PolicyFacts } from "../../../src/zone/facts.ts";
import type { Lists } from "../../../src/zone/listed.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import type { Zone } from "../../../src/zone/zone.ts";
import { namespace, world, zone, zoneRecord } from "../world.ts";
import { pods, spaces } from "./contain/agree.ts";
import { openedBy, type Spec } from "./contain/naive-network-policy.ts";
import { holds, passes, type End } from "./contain/packet.ts";
import { runs, seed } from "./contain/random.ts";
import { addressesIn, podsIn, portsIn, protocolsWithPorts } from "./contain/samples.ts";
import { zoneParts } from "./contain/zones.ts";

type Parts = Pick<Zone, "egress" | "ingress">;

const specsOf = (parts: Parts): readonly Spec[] => {
  const compiled = compile({ zone: zone(parts), clusters: [], apiServer: undefined, dns: [] });
  assert.ok(compiled.kind === "compiled");
  return compiled.specs.map(({ spec }) => spec);
};
const openedOf = (parts: Parts) => {
  const granted = grantsOf({ zone: zone(parts), clusters: [], apiServer: undefined, dns: [] });
  assert.ok(granted.kind === "granted");
  return openOf("us", granted);
};

/** Whether a change speaks of an end, by its blocks as they are printed and by its sets of labels. */
const speaksOf = (change: Change, end: End): boolean => {
  if (end.kind === "pod") return change.pods.some((set) => hasPod(set, end.namespace, end.pod));
  return end.kind === "address" && blocks(change.addresses).some((block) => holds(printCidr(block), end.address));
};

test("what a plan says opens is what the policies open then and did not before, packet by packet", (t) => {
  let [told, untold] = [0, 0];
  fc.assert(
    fc.property(zoneParts, zoneParts, (old, now) => {
      const [before, after] = [specsOf(old), specsOf(now)];
      const opens = difference(openedOf(now), openedOf(old));
      const any = (specs: readonly Spec[]) => specs.map((spec) => openedBy(spec, "payments"));
      const [was, is] = [any(before), any(after)];
      const written = [before, after];
      const ports = protocolsWithPorts(portsIn(written));
      for (const direction of ["egress", "ingress"] as const)
        for (const end of [...addressesIn(written), ...podsIn(written, spaces, pods)]) {
          const changes = opens.filter((change) => change.direction === direction && speaksOf(change, end));
          for (const { protocol, port } of ports) {
            const packet = { direction, end, protocol, port };
            const want = is.some((one) => passes(one, packet)) && !was.some((one) => passes(one, packet));
            const said = changes.some((change) =>
              change.ports.some((range) => range.protocol === protocol && range.first <= port && port <= range.last),
            );
            if (said !== want) assert.equal(said, want, JSON.stringify({ packet, before, after }));
            if (want) told++;
            else untold++;
          }
        }
    }),
    { seed, numRuns: Math.ceil(runs / 15) },
  );
  t.diagnostic(`DOMICILE_SEED=${seed}: ${told} packets open, ${untold} do not`);
  assert.ok(told > runs && untold > runs);
});

/** A cluster in which Domicile's policies stand. */
const settled = (parts: Partial<Zone>, more: Lists = {}): Lists => {
  const value = zone(parts);
  const namespaces = more.namespaces ?? [namespace("payments"), namespace("ledger")];
  const compiled = compile({ zone: value, clusters: [], apiServer: undefined, dns: [] });
  assert.ok(compiled.kind === "compiled");
  const ours = namespaces
    .filter((each) => each.zone === "us")
    .flatMap((each) => stamp(compiled.specs, each.name, "us"))
    .map(({ metadata, spec }): PolicyFacts => ({
      ...metadata,
      uid: metadata.name,
      resourceVersion: "1",
      created: 0,
      spec,
    }));
  return {
    zones: [zoneRecord(value)],
    ...more,
    namespaces,
    policies: [...(value.enforcement === "Enforce" ? ours : []), ...(more.policies ?? [])],
  };
};

const partner = {
  name: "partner",
  addresses: addressesOf(["203.0.113.0/24"]),
  ports: [{ protocol: "TCP" as const, port: 443 }],
};
const wider: Partial<Zone> = { egress: { ...zone().egress, networks: [partner] } };
const planned = (before: Lists, after: Lists): ZonePlan => {
  const [only] = planZones(world(before), world({ ...after, policies: before.policies ?? [] }));
  assert.ok(only);
  return only;
};

test("a plan of what is there already is empty", () => {
  fc.assert(
    fc.property(zoneParts, (parts) => {
      const lists = settled(parts);
      assert.ok(isIdle(planned(lists, lists)));
    }),
    { seed, numRuns: Math.ceil(runs / 3) },
  );
});

test("of a zone that no manifest speaks of, what is amiss already is not told as if the manifests did it", () => {
  const good = settled({});
  const [first, ...others] = good.policies ?? [];
  assert.ok(first);
  const planted = { ...first, name: "domicile-allow-9", uid: "planted" };
  const amiss = { ...good, policies: [first, ...others, planted] };
  assert.ok(isIdle(planned(amiss, amiss)));
  const spokenOf = { ...amiss, zones: settled({}).zones ?? [] };
  assert.deepEqual(
    planned(amiss, spokenOf).steps.map(({ kind }) => kind),
    ["delete"],
  );
});

const balancer = (...names: readonly string[]): Partial<Zone> => ({
  exposure: [{ kind: "Service", type: "LoadBalancer", namespaces: ["payments"], names: [...names] }],
});

test("what spec.exposure lists more widens, and what it lists less does not, however it is gathered", () => {
  const more = planned(settled(balancer("a")), settled(balancer("a", "b")));
  assert.deepEqual(more.exposes, ["Service payments/b (LoadBalancer)"]);
  assert.equal(widens(more), true);
  const less = planned(settled(balancer("a", "b")), settled(balancer("a")));
  assert.deepEqual(less.conceals, ["Service payments/b (LoadBalancer)"]);
  assert.deepEqual([widens(less), isIdle(less)], [false, false]);
  const apart = { exposure: [...(balancer("a").exposure ?? []), ...(balancer("b").exposure ?? [])] };
  assert.ok(isIdle(planned(settled(balancer("a", "b")), settled(apart))));
});

/** What a change comes to: whether it widens, and which policies are written. */
const rows: Readonly<
  Record<string, readonly [before: Lists, after: Lists, widens: boolean, steps: readonly string[]]>
> = {
  "a network more": [
    settled({}),
    settled(wider),
    true,
    ["replace payments/domicile-allow", "replace ledger/domicile-allow"],
  ],
  "a network less": [
    settled(wider),
    settled({}),
    false,
    ["replace payments/domicile-allow", "replace ledger/domicile-allow"],
  ],
  "a zone that begins to enforce": [
    settled({ enforcement: "Warn" }),
    settled({}),
    false,
    ["payments", "ledger"].flatMap((name) => [`create ${name}/domicile-isolate`, `create ${name}/domicile-allow`]),
  ],
  "a zone that enforces no longer": [settled({}), settled({ enforcement: "Audit" }), true, []],
  "a zone that is new": [
    { namespaces: [namespace("payments")] },
    settled({}, { namespaces: [namespace("payments")] }),
    false,
    ["create payments/domicile-isolate", "create payments/domicile-allow"],
  ],
  "a namespace that joins others": [
    settled({}, { namespaces: [namespace("payments"), namespace("ledger", { zone: undefined })] }),
    settled({}),
    true,
    ["create ledger/domicile-isolate", "create ledger/domicile-allow"],
  ],
  "a namespace that joins where the zone denies itself": [
    settled(
      { egress: { ...zone().egress, withinZone: "Deny" } },
      { namespaces: [namespace("payments"), namespace("ledger", { zone: undefined })] },
    ),
    settled({ egress: { ...zone().egress, withinZone: "Deny" } }),
    false,
    ["create ledger/domicile-isolate", "create ledger/domicile-allow"],
  ],
  "the first namespace of a zone": [
    settled({}, { namespaces: [namespace("payments", { zone: undefined })] }),
    settled({}, { namespaces: [namespace("payments")] }),
    false,
    ["create payments/domicile-isolate", "create payments/domicile-allow"],
  ],
  "a namespace that leaves": [
    settled({}),
    settled({}, { namespaces: [namespace("payments"), namespace("ledger", { zone: undefined })] }),
    true,
    ["delete ledger/domicile-allow", "delete ledger/domicile-isolate"],
  ],
  "a network more where nothing is enforced": [
    settled({ enforcement: "Warn" }),
    settled({ ...wider, enforcement: "Warn" }),
    true,
    [],
  ],
};

for (const [what, [before, after, wants, steps]] of Object.entries(rows))
  test(`a plan says what opens and what is written: ${what}`, () => {
    const found = planned(before, after);
    assert.equal(widens(found), wants);
    assert.deepEqual(
      found.steps.map((step) => {
        const { namespace: at, name } = step.kind === "delete" ? step : step.policy.metadata;
        return `${step.kind} ${at}/${name}`;
      }),
      steps,
    );
    assert.ok(!isIdle(found));
  });

test("a zone that cannot be compiled any more changes nothing", () => {
  const broken = {
    ...settled({}),
    zones: [
      { ...zoneRecord(zone()), parsed: { ok: false as const, problems: [{ path: "spec", message: "is wrong" }] } },
    ],
  };
  const found = planned(settled(wider), broken);
  assert.deepEqual([found.refused?.reason, found.opens, found.closes, found.steps], ["Invalid", [], [], []]);
});

test("from what stands of a zone that could not be compiled it is told what opens", () => {
  const broken = {
    ...settled({}),
    zones: [
      { ...zoneRecord(zone()), parsed: { ok: false as const, problems: [{ path: "spec", message: "is wrong" }] } },
    ],
  };
  const found = planned(broken, settled(wider));
  assert.deepEqual(
    found.opens.map(({ path, ports }) => [path, ports]),
    [["spec.egress.networks[0]", [{ protocol: "TCP", first: 443, last: 443 }]]],
  );
  assert.deepEqual(found.closes, []);
});

test("what a zone closes and a policy of others holds open is told", () => {
  const theirs: PolicyFacts = {
    namespace: "payments",
    name: "theirs",
    uid: "p",
    resourceVersion: "1",
    created: 0,
    labels: {},
    spec: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "203.0.113.7/32" } }], ports: [{ protocol: "TCP", port: 443 }] }],
    },
  };
  const found = planned(settled(wider, { policies: [theirs] }), settled({}));
  assert.deepEqual(
    found.uncontained.map(({ name }) => name),
    ["theirs"],
  );
  assert.equal(widens(found), false);
});
