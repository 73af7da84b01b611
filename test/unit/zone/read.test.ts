import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { isDnsLabel } from "../../../src/api/texts.ts";
import { projectCluster } from "../../../src/zone/cluster-record.ts";
import { parseCluster } from "../../../src/zone/parse-cluster.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import { listProblems } from "../../../src/zone/problem.ts";
import { projectZone } from "../../../src/zone/zone-record.ts";
import { almostBlocks, almostGood } from "../../resources/almost.ts";
import { zoneWith } from "../../resources/case.ts";

describe("any JSON", () => {
  test("gives a value or problems, never a throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almostGood, almostBlocks), (raw) => {
        for (const parsed of [parseZone(raw), parseCluster(raw)]) if (!parsed.ok) assert.ok(parsed.problems.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  test("gives problems of one line each, with a path and without control characters", () => {
    fc.assert(
      fc.property(almostGood, (raw) => {
        for (const parsed of [parseZone(raw), parseCluster(raw)])
          if (!parsed.ok)
            for (const { path, message } of parsed.problems) assert.match(`${path}: ${message}`, /^[ -~]{3,400}$/);
      }),
      { numRuns: 500 },
    );
  });

  test("gives a zone whose name is a DNS label and whose regions are of its realm, or none", () => {
    fc.assert(
      fc.property(almostGood, (raw) => {
        const parsed = parseZone(raw);
        if (!parsed.ok) return;
        const { name, regions, realm, egress } = parsed.value;
        assert.ok(isDnsLabel(name));
        assert.ok(regions.length > 0 && regions.every((region) => region.realm === realm));
        for (const { addresses, ports } of egress.networks)
          assert.ok(addresses.v4.length + addresses.v6.length > 0 && ports.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  test("that is no object of the API server is not kept", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (raw) => {
        assert.equal(projectZone(raw), undefined);
        assert.equal(projectCluster(raw), undefined);
      }),
    );
  });
});

describe("every problem is collected", () => {
  test("from each part of a zone at once", () => {
    const parsed = parseZone({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "US" },
      spec: {
        nodes: { provider: "OCI", regions: ["phx", "us-ashburn-2", 7], minimumTrust: "Full" },
        egress: { networks: [{ name: "a", cidrs: ["10.0.0.1/8", "127.0.0.0/8"], ports: [{ port: 9, endPort: 1 }] }] },
        ingress: { from: [{}] },
      },
    });
    assert.deepEqual(parsed.ok || parsed.problems.map(({ path }) => path), [
      "apiVersion",
      "kind",
      "metadata.name",
      "spec.enforcement",
      "spec.nodes.regions[0]",
      "spec.nodes.regions[2]",
      "spec.nodes.minimumTrust",
      "spec.egress.networks[0].cidrs[0]",
      "spec.egress.networks[0].cidrs[1]",
      "spec.egress.networks[0].ports[0].endPort",
      "spec.ingress.from[0]",
      "spec.nodes.regions[1]",
    ]);
  });

  test("and shown as one line that stays readable", () => {
    const problems = Array.from({ length: 20 }, (_, i) => ({ path: `a[${i}]`, message: "is wrong" }));
    assert.match(listProblems(problems), /^a\[0\]: is wrong; .*a\[7\]: is wrong; and 12 more$/);
  });
});

describe("hostile fields", () => {
  test("a field called __proto__ is a field that is not known", () => {
    const raw = JSON.parse('{"metadata":{"name":"us"},"spec":{"__proto__":{"enforcement":"Audit"}}}');
    const parsed = parseZone(raw);
    assert.deepEqual(parsed.ok || parsed.problems.map(({ path }) => path), [
      "spec.enforcement",
      "spec.nodes",
      "spec.__proto__",
    ]);
  });

  test("a label called __proto__ is no label", () => {
    const raw = JSON.parse(
      JSON.stringify(zoneWith({ egress: { dns: { podSelector: { matchLabels: { KEY: "x" } } } } })).replace(
        "KEY",
        "__proto__",
      ),
    );
    assert.equal(parseZone(raw).ok, false);
  });

  test("null is an absent field where there is a default, as for the API server", () => {
    assert.equal(parseZone(zoneWith({ egress: null })).ok, true);
    assert.equal(parseZone(zoneWith({ nodes: null })).ok, false);
  });
});
