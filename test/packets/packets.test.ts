import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { apiServerAddress, apiServerPort } from "../cluster/addresses.ts";
import { applyZone } from "../e2e/domicile.ts";
import { changeTests } from "./changes.ts";
import { conformanceTests } from "./conformance.ts";
import { outside, pods, zone, zoneSpec } from "./names.ts";
import { apiServerRows, controlsOf, tableOf, type World } from "./reach.ts";
import { addService, proxyApiServer } from "./services.ts";
import { furnish, openStage, type Stage } from "./stage.ts";
import { readRow, settle, wanted, type Row, type Seen } from "./table.ts";

type Table = ReturnType<typeof tableOf>;

let opened: Stage | { readonly why: string };
let world: World;
let table: Table;
let controls: readonly Row[] = [];
let seen: Seen = {};

before(async () => {
  opened = await openStage();
  if ("why" in opened) return;
  const { cluster, nodes, addressesOf } = opened;
  await furnish(opened);
  const { namespace } = pods.free;
  world = {
    addressesOf,
    foreignService: await addService(cluster, nodes.a, {
      name: "foreign",
      namespace,
      backend: { address: outside.foreign, port: 443 },
    }),
    approvedService: await addService(cluster, nodes.a, {
      name: "approved",
      namespace,
      backend: { address: outside.approved, port: 443 },
    }),
    apiServerService: await proxyApiServer(cluster, nodes.a, { address: apiServerAddress, port: apiServerPort }),
  };
  table = tableOf(world);
  const rows = Object.values(table).flat();
  const inZone = new Set((["client", "near", "far"] as const).flatMap((pod) => Object.values(addressesOf(pods[pod]))));
  controls = controlsOf(rows, (address) => inZone.has(address));
  seen = await settle(opened.send, [...rows, ...controls]);
});
after(async () => {
  if (opened !== undefined && !("why" in opened)) await opened.close();
});

/** A test that is skipped, with the reason, where packets cannot be sent. */
const onStage = (body: (stage: Stage, t: TestContext) => Promise<void> | void) => (t: TestContext) =>
  "why" in opened ? t.skip(`packets not tested: ${opened.why}`) : body(opened, t);

/** All rows of one kind were sent together with everything else, in one round that nothing changed. */
const holds = (kind: keyof Table) =>
  onStage(() => {
    const rows: readonly Row[] = table[kind];
    const met = Object.fromEntries(rows.map((row) => [readRow(row), seen[readRow(row)]]));
    assert.deepEqual(met, wanted(rows));
  });

test(
  "whatever is refused to the zone's pods answers a pod outside it on the same node, in the same round",
  onStage(() => {
    assert.ok(controls.length > 30);
    assert.deepEqual(Object.fromEntries(controls.map((row) => [readRow(row), seen[readRow(row)]])), wanted(controls));
  }),
);

test(
  "what the zone approves is reached by both families, at both edges of its ranges of ports and not beyond",
  holds("approved"),
);
test("E12 a block is open from its first address to its last, by both families, and no further", holds("edges"));
test(
  "E5 nothing foreign is reached, by IPv4, IPv6 or a translator, nor instance metadata or another link-local address",
  holds("foreign"),
);
test("nobody from outside reaches the zone's pods but who is named, on the port that is named", holds("inbound"));
test("pods of the zone reach each other on one node and across two, by both families and protocols", holds("peers"));
test(
  "E4 no pod outside the zone is reached or reaches in, whatever it calls itself, nor one of another zone",
  holds("hops"),
);
test("E8 DNS is reached by UDP and TCP, in the cluster and on the node, and no other resolver or port", holds("dns"));
test("E9 the API server is not reached, by its address or its Service", holds("apiServer"));
test("E7 a Service with a foreign backend is no way out, and one with an approved backend is a way", holds("services"));

test(
  "E9 a zone that allows the API server reaches it, by its address and its Service, and nothing else more",
  onStage(async ({ cluster, send }) => {
    const others = Object.entries(table).flatMap(([kind, rows]) => (kind === "apiServer" ? [] : rows));
    const { egress } = zoneSpec;
    await applyZone(cluster, zone, { ...zoneSpec, egress: { ...egress, apiServer: "Allow" } });
    const allowed = [...others, ...apiServerRows("open", world.apiServerService)];
    assert.deepEqual(await settle(send, allowed), wanted(allowed));
    await applyZone(cluster, zone, zoneSpec);
    const denied = [...others, ...apiServerRows("refused", world.apiServerService)];
    assert.deepEqual(await settle(send, denied), wanted(denied));
  }),
);

changeTests(onStage);
conformanceTests(onStage, {
  async zoneHolds({ send }) {
    const rows = Object.values(table).flat();
    assert.deepEqual(await settle(send, rows), wanted(rows));
  },
});
