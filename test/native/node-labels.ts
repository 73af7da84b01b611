import assert from "node:assert/strict";
import { test } from "node:test";
import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import type { KubeObject } from "../cluster/objects.ts";
import { field, ref } from "../cluster/objects.ts";
import { oracleNode } from "../cluster/oracle.ts";
import type { Answer } from "../cluster/transport.ts";
import { domicileUser, type People } from "./guards.ts";

const key = "domicile.dev.node-restriction.kubernetes.io/us";
const other = "domicile.dev.node-restriction.kubernetes.io/eu";
const name = "10.9.0.1";
const target = ref("v1", "Node", name);
const labels = (entries: Readonly<Record<string, string | null>>) => ({ metadata: { labels: entries } });

type Attempt = (people: People, cluster: Cluster) => Promise<Answer<unknown>>;

const refused: Readonly<Record<string, readonly [changed: string, attempt: Attempt]>> = {
  "an administrator who gives a node another zone's label": [
    other,
    ({ admin }) => admin.patch(target, labels({ [other]: "verified" })),
  ],
  "an administrator who changes the value": [key, ({ admin }) => admin.patch(target, labels({ [key]: "no" }))],
  "an administrator who removes the label": [key, ({ admin }) => admin.patch(target, labels({ [key]: null }))],
  "an administrator who removes every label": [
    key,
    ({ admin }) => admin.patch(target, [{ op: "remove", path: "/metadata/labels" }], { type: "json" }),
  ],
  "an agent that writes the label through nodes/status": [
    other,
    ({ agent }) => agent.patch(target, labels({ [other]: "verified" }), { subresource: "status" }),
  ],
  "an agent that removes the label through nodes/status": [
    key,
    ({ agent }) => agent.patch(target, labels({ [key]: null }), { subresource: "status" }),
  ],
  "an agent that applies the label by server-side apply": [
    other,
    ({ agent }) =>
      agent.apply({ ...target, metadata: { name, labels: { [other]: "" } } }, { fieldManager: "agent", force: true }),
  ],
};

const allowed: Readonly<Record<string, Attempt>> = {
  "a kubelet's heartbeat on a node that bears the label": async (_people, cluster) =>
    (await cluster.asNode(name)).patch(
      target,
      { status: { conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "" }] } },
      { subresource: "status", type: "strategic" },
    ),
  "a kubelet that changes a label of its own": async (_people, cluster) =>
    (await cluster.asNode(name)).patch(target, labels({ "example.com/rack": "7" })),
  "an administrator who sets a label that only looks like ours": ({ admin }) =>
    admin.patch(target, labels({ "x.domicile.dev.node-restriction.kubernetes.io/us": "verified" })),
  "an administrator who cordons the node": ({ admin }) => admin.patch(target, { spec: { unschedulable: true } }),
  "an administrator who writes our label's old value again": ({ admin }) =>
    admin.patch(target, labels({ [key]: "verified" })),
};

/** The policy domicile-node-labels: who may write the zones' node labels. */
export const nodeLabelTests = (cluster: () => Cluster, people: () => People): void => {
  test("Domicile sets its label on a node that exists, by uid", async () => {
    const node = await addNode(cluster(), { name });
    const { uid } = node.metadata;
    const wanted = { ...target, metadata: { name, ...(uid ? { uid } : {}), labels: { [key]: "verified" } } };
    const set = await must(people().domicile.apply(wanted, { fieldManager: "domicile-nodes", force: true }));
    assert.equal(set.metadata.labels?.[key], "verified");
  });

  for (const [who, [changed, attempt]] of Object.entries(refused))
    test(`refused: ${who}`, async () => {
      const { status, message } = await attempt(people(), cluster());
      assert.equal(status, 403, message);
      assert.match(message, /domicile-node-labels/);
      const sentence = `Node ${name}: the label ${changed} (metadata.labels) may be set, changed or removed only by Domicile (${domicileUser})`;
      assert.ok(message.includes(sentence), message);
      assert.match(message, /To change the verdict, correct the node's providerID and region labels/);
    });

  test("refused: a node that is created with the label", async () => {
    const node = oracleNode({ name: "10.9.0.2", labels: { [key]: "verified" } });
    const { status, message } = await people().admin.create(node);
    assert.equal(status, 403, message);
    assert.match(message, /Node 10\.9\.0\.2: the label .*leave it out of a new node/);
  });

  test("refused: a kubelet that writes the label on itself", async () => {
    const node = await cluster().asNode(name);
    for (const options of [{}, { subresource: "status" }]) {
      const { status, message } = await node.patch(target, labels({ [other]: "verified" }), options);
      assert.equal(status, 403, message);
    }
  });

  for (const [what, attempt] of Object.entries(allowed))
    test(`allowed: ${what}`, async () => {
      const { ok, message } = await attempt(people(), cluster());
      assert.ok(ok, message);
    });

  test("Domicile's roles let it create no node, not even by an apply", async () => {
    const ghost = { ...ref("v1", "Node", "ghost"), metadata: { name: "ghost", labels: { [key]: "verified" } } };
    const { status } = await people().domicile.apply(ghost, { fieldManager: "domicile-nodes", force: true });
    assert.equal(status, 403);
  });

  test("Domicile takes the label away, by a patch that tests the uid", async () => {
    const { body } = await people().admin.get<KubeObject>(target);
    const path = `/metadata/labels/${key.replaceAll("/", "~1")}`;
    const steps = [
      { op: "test", path: "/metadata/uid", value: field(body, "metadata.uid") },
      { op: "remove", path },
    ];
    const after = await must(people().domicile.patch<KubeObject>(target, steps, { type: "json" }));
    assert.equal(after.metadata.labels?.[key], undefined);
  });

  test("a node can be deleted while it bears the label", async () => {
    const wanted = { ...target, metadata: { name, labels: { [key]: "verified" } } };
    await must(people().domicile.apply(wanted, { fieldManager: "domicile-nodes", force: true }));
    await must(people().admin.delete(target));
    await people().admin.untilGone(target, { describe: `node ${name} is gone` });
  });
};
