import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNodes } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, joinZone } from "./domicile.ts";

const zone = "debugged";
const namespace = "debugged-home";
const home = "debugged-1";
const abroad = "debugged-abroad";
const key = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["sa-santiago-1"] } });
  await addNodes(cluster, [
    { name: home, region: "sa-santiago-1" },
    { name: abroad, region: "uk-london-1" },
  ]);
  await joinZone(cluster, namespace, zone);
  const containers = [{ name: "main", image: "example/app" }];
  await must(cluster.admin.create({ ...ref("v1", "Pod", "api", namespace), spec: { containers } } as KubeObject));
  await untilOn("api");
});
after(() => cluster.close());

/** Resolves with the node that a pod runs on. */
const untilOn = async (name: string): Promise<unknown> => {
  const running = await cluster.admin.until<KubeObject>(
    ref("v1", "Pod", name, namespace),
    (now) => field(now, "status.phase") === "Running",
    { describe: `pod ${name} runs` },
  );
  return field(running, "spec.nodeName");
};
const kubectl = (...args: readonly string[]) => cluster.kubectl([...args, `--namespace=${namespace}`]);

test("P14 kubectl run that overrides the node is refused, and one that overrides the selector is pinned", async () => {
  const run = (name: string, spec: object) =>
    kubectl("run", name, "--image=example/app", `--overrides=${JSON.stringify({ spec })}`);
  const sent = await run("sent", { nodeName: abroad });
  assert.equal(sent.code, 1);
  assert.match(sent.stderr, new RegExp(`zone ${zone}: .*spec\\.nodeName`));
  const selecting = await run("selecting", { nodeSelector: { "example.com/pool": "any" } });
  assert.equal(selecting.code, 0, selecting.stderr);
  const made = await must(cluster.admin.get<KubeObject>(ref("v1", "Pod", "selecting", namespace)));
  assert.deepEqual(field(made, "spec.nodeSelector"), { "example.com/pool": "any", [key]: "verified" });
});

test("P14 a copy that kubectl debug makes runs on a verified node, and one that is to stay on the pod's node is refused", async () => {
  const copy = (name: string, ...flags: readonly string[]) =>
    kubectl(
      "debug",
      "api",
      `--copy-to=${name}`,
      "--image=example/tools",
      "--profile=baseline",
      "--attach=false",
      ...flags,
    );
  const copied = await copy("copied");
  assert.equal(copied.code, 0, copied.stderr);
  assert.equal(await untilOn("copied"), home);
  const beside = await copy("beside", "--same-node");
  assert.equal(beside.code, 1);
  assert.match(beside.stderr, new RegExp(`zone ${zone}: .*spec\\.nodeName`));
});

test("P14 the pod that kubectl debug makes for a node is refused in the zone, whichever node", async () => {
  for (const node of [home, abroad]) {
    const { code, stderr } = await kubectl("debug", `node/${node}`, "--image=example/tools", "--attach=false");
    assert.equal(code, 1, node);
    assert.match(stderr, new RegExp(`zone ${zone}: |violates PodSecurity`), node);
  }
});
