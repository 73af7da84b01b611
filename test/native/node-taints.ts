import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { oracleNode } from "../cluster/oracle.ts";
import type { Answer } from "../cluster/transport.ts";
import { domicileUser, type People } from "./guards.ts";

const name = "10.9.1.1";
const target = ref("v1", "Node", name);
const ours = { key: "exclusive.domicile.dev/us", effect: "NoSchedule" };
const other = { key: "exclusive.domicile.dev/eu", effect: "NoSchedule" };
const rack = { key: "example.com/rack", value: "7", effect: "NoSchedule" };
const taints = (list: readonly object[] | null) => ({ spec: { taints: list } });
type Taint = { readonly key: string };
const keysOf = async ({ admin }: People): Promise<readonly string[]> =>
  ((field(await must(admin.get<KubeObject>(target)), "spec.taints") ?? []) as readonly Taint[]).map(({ key }) => key);

const refused: Readonly<
  Record<string, readonly [changed: string, attempt: (people: People) => Promise<Answer<unknown>>]>
> = {
  "an administrator who takes our taint away": [
    "exclusive.domicile.dev/us:NoSchedule",
    ({ admin }) => admin.patch(target, taints([rack])),
  ],
  "an administrator who takes every taint away": [
    "exclusive.domicile.dev/us:NoSchedule",
    ({ admin }) => admin.patch(target, taints(null)),
  ],
  "an administrator who changes what our taint does": [
    "exclusive.domicile.dev/us:NoSchedule",
    ({ admin }) => admin.patch(target, taints([{ ...ours, effect: "PreferNoSchedule" }, rack])),
  ],
  "an agent that may edit nodes and adds another zone's taint": [
    "exclusive.domicile.dev/us:NoSchedule",
    ({ agent }) => agent.patch(target, taints([other, ours, rack])),
  ],
};

/** The policy domicile-node-taints: who may open the nodes that a zone keeps to itself. */
export const nodeTaintTests = (cluster: () => Cluster, people: () => People): void => {
  test("Domicile sets its taint beside another, and a test of the list that it read holds off who wrote since", async () => {
    await addNode(cluster(), { name });
    const { admin, domicile } = people();
    const write = (before: unknown, after: unknown) =>
      domicile.patch<KubeObject>(
        target,
        [
          { op: "test", path: "/spec/taints", value: before },
          { op: "add", path: "/spec/taints", value: after },
        ],
        { type: "json" },
      );
    // What is not there is read as null.
    await must(write(null, [ours]));
    await must(admin.patch(target, taints([ours, rack])));
    const late = await write([ours], []);
    assert.ok(!late.ok, "a list that somebody changed is not replaced");
    assert.deepEqual(await keysOf(people()), [ours.key, rack.key]);
  });

  for (const [who, [changed, attempt]] of Object.entries(refused))
    test(`P20 refused: ${who}`, async () => {
      const { status, message } = await attempt(people());
      assert.equal(status, 403, message);
      assert.match(message, /domicile-node-taints/);
      const sentence = `Node ${name}: the taint ${changed} (spec.taints) may be set, changed or removed only by Domicile (${domicileUser})`;
      assert.ok(message.includes(sentence), message);
      assert.match(message, /set spec\.nodes\.exclusivity of the ResidencyZone to Shared/);
    });

  test("refused: a node that is created with our taint", async () => {
    const node = oracleNode({ name: "10.9.1.2" });
    const { status, message } = await people().admin.create({
      ...node,
      spec: { ...(field(node, "spec") as object), taints: [other] },
    } as KubeObject);
    assert.equal(status, 403, message);
    assert.match(
      message,
      /Node 10\.9\.1\.2: the taint exclusive\.domicile\.dev\/eu:NoSchedule .*leave it out of a new node/,
    );
  });

  test("through nodes/status nobody writes taints at all", async () => {
    await must(people().agent.patch(target, taints([]), { subresource: "status" }));
    assert.deepEqual(await keysOf(people()), [ours.key, rack.key]);
  });

  test("allowed: other taints, and cordoning, of a node that bears ours", async () => {
    const { admin } = people();
    await must(admin.patch(target, taints([rack, ours])));
    await must(admin.patch(target, taints([ours])));
    await must(admin.patch(target, { spec: { unschedulable: true } }));
  });

  test("Domicile takes its taint away, and the node can go", async () => {
    const { admin, domicile } = people();
    await must(domicile.patch(target, [{ op: "replace", path: "/spec/taints", value: [] }], { type: "json" }));
    assert.ok(!(await keysOf(people())).includes(ours.key));
    await must(admin.delete(target));
    await admin.untilGone(target, { describe: `node ${name} is gone` });
  });
};
