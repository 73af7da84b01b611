import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nearest } from "../../../src/zone/nearest.ts";
import { projectZone } from "../../../src/zone/zone-record.ts";
import { zoneWith } from "../../resources/case.ts";

const metadata = {
  name: "us",
  uid: "uid-us",
  resourceVersion: "9",
  generation: 3,
  finalizers: ["domicile.dev/namespaces"],
  deletionTimestamp: "2026-01-01T00:00:00Z",
};
const ready = {
  type: "Ready",
  status: "True",
  reason: "Ready",
  message: "fine",
  observedGeneration: 2,
  lastTransitionTime: "2026-01-01T00:00:00Z",
};

describe("what is kept of a ResidencyZone", () => {
  test("is its names, its finalizers, its status and what it was parsed to", () => {
    const status = { namespaces: 2, conditions: [ready, { ...ready, reason: "WhoKnows" }, 7] };
    const { parsed, ...record } = projectZone({ ...zoneWith({}), metadata, status }) ?? {};
    assert.equal(parsed?.ok, true);
    assert.deepEqual(record, {
      name: "us",
      uid: "uid-us",
      generation: 3,
      deleting: true,
      finalizers: ["domicile.dev/namespaces"],
      conditions: [ready],
      enforcement: "Enforce",
      schedulers: ["system:kube-scheduler"],
      namespaces: [],
      exclusive: false,
      approves: [],
      status: { namespaces: 2 },
    });
  });

  test("E11 keeps what a zone that became invalid had approved", () => {
    const egress = { clusters: [{ name: "us-analytics" }, { name: 7 }, "eu-ads"] };
    assert.deepEqual(projectZone({ ...zoneWith({ egress, nodes: {} }), metadata })?.approves, ["us-analytics"]);
  });

  test("keeps the mode of a zone that became invalid", () => {
    const record = projectZone({ ...zoneWith({ enforcement: "Warn", nodes: {} }), metadata });
    assert.equal(record?.parsed.ok, false);
    assert.equal(record?.enforcement, "Warn");
  });

  test("keeps the schedulers of a zone that became invalid", () => {
    const record = projectZone({ ...zoneWith({ schedulers: ["batch"], nodes: {} }), metadata });
    assert.equal(record?.parsed.ok, false);
    assert.deepEqual(record?.schedulers, ["batch"]);
  });

  test("takes Kubernetes' own scheduler where none is named or none can be read", () => {
    for (const schedulers of [undefined, [], "batch", [7]])
      assert.deepEqual(projectZone({ ...zoneWith({ schedulers }), metadata })?.schedulers, ["system:kube-scheduler"]);
  });

  test("takes a mode that it cannot read for Enforce", () => {
    assert.equal(projectZone({ ...zoneWith({ enforcement: "Later" }), metadata })?.enforcement, "Enforce");
    assert.equal(projectZone({ metadata })?.enforcement, "Enforce");
  });
});

describe("the name that was probably meant", () => {
  const names = ["us-analytics", "us-archive", "eu", "us"];
  const table: Readonly<Record<string, readonly [text: string, meant: string | undefined]>> = {
    "one letter is missing": ["us-anlytics", "us-analytics"],
    "two letters are swapped": ["us-acrhive", "us-archive"],
    "capitals are used": ["US-Archive", "us-archive"],
    "nothing is near": ["moon", undefined],
    "two names are equally near": ["es", undefined],
    "it is far too long": ["us-archive".repeat(9), undefined],
  };
  for (const [sentence, [text, meant]] of Object.entries(table))
    test(`when ${sentence}`, () => assert.equal(nearest(text, names), meant));
});
