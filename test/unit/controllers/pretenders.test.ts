import assert from "node:assert/strict";
import { test } from "node:test";
import type { Report } from "../../../src/controllers/events.ts";
import { pretendersOf, tellPretenders } from "../../../src/controllers/pretenders.ts";
import { namespace, pod, world, zone, zoneRecord } from "../world.ts";

const outside = { zone: undefined, sealed: undefined };
const known = world({
  zones: [zoneRecord(zone())],
  namespaces: [namespace("payments"), namespace("shop", outside), namespace("lab", { zone: "eu", sealed: "eu" })],
  pods: [
    pod({ name: "inside", labelled: "us" }),
    pod({ name: "a", namespace: "shop", labelled: "us" }),
    pod({ name: "b", namespace: "shop", labelled: "us" }),
    pod({ name: "ended", namespace: "shop", labelled: "us", ended: true }),
    pod({ name: "plain", namespace: "shop" }),
    pod({ name: "c", namespace: "lab", labelled: "us" }),
    pod({ name: "d", namespace: "shop", labelled: "eu" }),
  ],
});

test("P15 pods that bear a zone's label outside it are counted by namespace, those inside and those that ended are not", () => {
  assert.deepEqual(
    [...pretendersOf(known, "us")],
    [
      ["shop", 2],
      ["lab", 1],
    ],
  );
});

test("P15 a namespace with such pods is told of once, until it has none", async () => {
  const told: Report[] = [];
  const tell = tellPretenders({ world: known, events: { report: async (report) => void told.push(report) } });
  const { signal } = new AbortController();
  const names = (): readonly string[] => told.splice(0).map(({ regarding }) => regarding.name);
  await tell("us", new Map([["shop", 2]]), signal);
  assert.match(told[0]?.note ?? "", /^Pods bear a zone's label themselves, .* Zone us, 2 pods\. Label the namespace/);
  assert.deepEqual(names(), ["shop"]);
  await tell(
    "us",
    new Map([
      ["shop", 900],
      ["lab", 1],
    ]),
    signal,
  );
  assert.deepEqual(names(), ["lab"]);
  await tell("us", new Map(), signal);
  await tell("us", new Map([["shop", 1]]), signal);
  assert.deepEqual(names(), ["shop"]);
  // Forgotten one by one, too.
  const both = new Map([
    ["shop", 1],
    ["lab", 1],
  ]);
  await tell("us", both, signal);
  await tell("us", new Map([["lab", 1]]), signal);
  await tell("us", both, signal);
  assert.deepEqual(names(), ["lab", "shop"]);
});

test("P15 of very many namespaces a look tells of twenty, and the next of twenty more", async () => {
  const many = Array.from({ length: 45 }, (_, index) => `shop-${index}`);
  let count = 0;
  const tell = tellPretenders({
    world: world({ namespaces: many.map((name) => namespace(name, outside)) }),
    events: {
      report: async () => {
        count += 1;
      },
    },
  });
  for (const wanted of [20, 40, 45, 45]) {
    await tell("us", new Map(many.map((name) => [name, 1])), new AbortController().signal);
    assert.equal(count, wanted);
  }
});
