import assert from "node:assert/strict";
import { test } from "node:test";
import { exclusiveKey } from "../../../src/api/names.ts";
import { planTaints } from "../../../src/controllers/node-taints.ts";
import { planLabels } from "../../../src/controllers/nodes.ts";
import type { NodeFacts } from "../../../src/zone/facts.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import { node, region, world, zone, zoneRecord } from "../world.ts";

const shared = zoneRecord(zone());
const us = zoneRecord(zone(), { exclusive: true });
const east = zoneRecord(zone({ name: "east", regions: [region("us-ashburn-1")] }), { exclusive: true });
const warning = zoneRecord(zone({ enforcement: "Warn" }), { exclusive: true });
const invalid: ZoneRecord = { ...us, parsed: { ok: false, problems: [{ path: "spec.nodes.regions", message: "?" }] } };
const frankfurt = { providerID: "ocid1.instance.oc1.eu-frankfurt-1.abtheljtx", labels: {} };
const tainted = { taintKeys: ["node.kubernetes.io/unschedulable", exclusiveKey("us")] };

type Case = {
  readonly zones: readonly ZoneRecord[];
  readonly node: Partial<NodeFacts>;
  readonly gives: { readonly add?: readonly string[]; readonly remove?: readonly string[] };
};
const cases: Readonly<Record<string, Case>> = {
  "a verified node of a zone that keeps its nodes to itself is tainted": {
    zones: [us],
    node: {},
    gives: { add: ["us"] },
  },
  "one that is tainted is left alone": { zones: [us], node: tainted, gives: {} },
  "a node of a zone that shares its nodes is not tainted": { zones: [shared], node: {}, gives: {} },
  "a node elsewhere is not tainted": { zones: [us], node: frankfurt, gives: {} },
  "a zone that only warns taints nothing": { zones: [warning], node: {}, gives: {} },
  "a node in two such zones bears both taints (P19)": {
    zones: [us, east],
    node: {},
    gives: { add: ["us", "east"] },
  },
  "a node that turned bad loses the taint (P8)": {
    zones: [us],
    node: { ...frankfurt, ...tainted },
    gives: { remove: ["us"] },
  },
  "the taint goes when the zone shares its nodes again": { zones: [shared], node: tainted, gives: { remove: ["us"] } },
  "the taint goes when the zone only warns": { zones: [warning], node: tainted, gives: { remove: ["us"] } },
  "the taint goes with its zone": { zones: [], node: tainted, gives: { remove: ["us"] } },
  "a zone that is not valid changes nothing": { zones: [invalid], node: tainted, gives: {} },
};

for (const [sentence, { zones, node: parts, gives }] of Object.entries(cases))
  test(sentence, () => {
    const one = node("a", parts);
    const seen = world({ zones, nodes: [one] });
    assert.deepEqual(planTaints(seen, one, planLabels(seen, one).verdicts), { add: [], remove: [], ...gives });
  });
