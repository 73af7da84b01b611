import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import type { Component } from "../cluster/component.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { untilStatus } from "../native/guards.ts";
import { bindVia, nodeOf } from "./binder.ts";
import { applyZone, joinZone } from "./domicile.ts";
import { podOf } from "./resources.ts";
import { rival, startRival } from "./rival.ts";

const zone = "rival";
const namespace = "rival-pods";
const nodes = { provider: "OCI", regions: ["us-saltlake-2"] };
const home = "rival-saltlake-1";
const abroad = "rival-toronto-1";
/** A resource that one node has: the second scheduler looks at room and at nothing else. */
const onlyAt = { [home]: "domicile.test/at-home", [abroad]: "domicile.test/abroad" };

let cluster: Cluster;
let scheduler: Component;
const seen = new Set<string>();
const watching = new AbortController();
let following: Promise<void>;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes });
  for (const [name, resource] of Object.entries(onlyAt)) {
    await addNode(cluster, { name, region: name === home ? "us-saltlake-2" : "ca-toronto-1" });
    const room = { capacity: { [resource]: "10" }, allocatable: { [resource]: "10" } };
    await must(cluster.admin.patch(ref("v1", "Node", name), { status: room }, { subresource: "status" }));
  }
  await joinZone(cluster, namespace, zone);
  following = cluster.admin.follow(
    { apiVersion: "v1", kind: "Pod" },
    (pods) => {
      for (const pod of pods) seen.add(String(field(pod, "spec.nodeName") ?? "none"));
    },
    { namespace, signal: watching.signal },
  );
  scheduler = await startRival(cluster);
});
after(async () => {
  await scheduler?.stop();
  watching.abort();
  await following;
  await cluster.close();
});

const wanting = (name: string, node: keyof typeof onlyAt): KubeObject =>
  podOf(name, namespace, {
    schedulerName: rival,
    containers: [{ name: "main", image: "example/app", resources: { limits: { [onlyAt[node]]: "1" } } }],
  }) as KubeObject;

/** What a pod's PodScheduled condition says. */
const scheduled = (pod: KubeObject): string =>
  JSON.stringify(
    ((field(pod, "status.conditions") ?? []) as readonly { readonly type: string }[]).filter(
      ({ type }) => type === "PodScheduled",
    ),
  );

test("P4 a second scheduler that ignores selectors binds nothing abroad, and its pods' condition says why", async () => {
  await must(cluster.admin.create(wanting("lured", abroad)));
  const pod = await cluster.admin.until<KubeObject>(
    ref("v1", "Pod", "lured", namespace),
    (now) => scheduled(now).includes("domicile"),
    { describe: "the second scheduler's Binding is refused" },
  );
  // Natively for who binds; where native policies are off, by the webhook for the node.
  assert.match(
    scheduled(pod),
    /zone rival: (the binder is \\"rival-scheduler\\".*\(BinderNotTrusted\)|target\.name is \\"rival-toronto-1\\".*\(BindingNodeNotVerified\))/,
  );
  assert.equal(field(pod, "spec.nodeName"), undefined);
  assert.deepEqual(
    [...seen].filter((name) => name !== "none"),
    [],
  );
});

test("P4 it may bind to a verified node once the zone trusts it", async () => {
  await applyZone(cluster, zone, { nodes, schedulers: ["system:kube-scheduler", rival] });
  const itself = await cluster.as({ user: rival });
  await untilStatus(201, () =>
    bindVia(
      itself,
      "pods/binding",
      { namespace, name: "lured" },
      { target: { kind: "Node", name: home }, dryRun: true },
    ),
  );
  await must(cluster.admin.create(wanting("welcome", home)));
  await cluster.admin.until<KubeObject>(
    ref("v1", "Pod", "welcome", namespace),
    (now) => field(now, "status.phase") === "Running",
    { describe: "the second scheduler's pod runs" },
  );
  assert.equal(await nodeOf(cluster, namespace, "welcome"), home);
});
