import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { instanceOcid, type NodeShape } from "../cluster/oracle.ts";
import { untilStatus } from "../native/guards.ts";
import { pairOf, type Pair } from "../unit/attestation/signed.ts";
import { command } from "../unit/cli/command.ts";
import { bindVia, doors, letBind, waitingPod } from "./binder.ts";
import { applyZone, joinZone } from "./domicile.ts";
import { podOf, untilEvent, zoneRef } from "./resources.ts";

const zone = "tokyo";
const region = "ap-tokyo-1";
const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
const pipeline = pairOf("pipeline");
const next = pairOf("pipeline-next");
const scheduler = "tokyo-scheduler";
const specOf = (...keys: readonly Pair[]) => ({
  schedulers: ["system:kube-scheduler", scheduler],
  nodes: {
    provider: "OCI",
    regions: [region],
    minimumTrust: "Attested",
    attestation: { keys: keys.map((pair) => pair.public) },
  },
});

let cluster: Cluster;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "domicile-attested-"));
  cluster = await connect();
  await applyZone(cluster, zone, specOf(pipeline));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await cluster.close();
});

const node = (name: string) => ref("v1", "Node", name);
const labelOf = async (name: string): Promise<unknown> =>
  (await must(cluster.admin.get(node(name)))).metadata.labels?.[label];
const untilLabel = (name: string, value: string | undefined): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(node(name), ({ metadata }) => metadata.labels?.[label] === value, {
    describe: `node ${name} has ${label}=${value ?? "nothing"}`,
  });

/** A node in Tokyo whose kubelet reports a machine. */
const addMachine = (shape: NodeShape): Promise<KubeObject> =>
  addNode(cluster, { region, machineID: `machine-${shape.name}`, ...shape });

/** What a pipeline does: signs what it knows of a node, and hands the manifest to kubectl. Gives the object's name. */
const attest = async (made: KubeObject, pair = pipeline, notAfter = "2999-01-01T00:00:00Z"): Promise<string> => {
  const key = join(folder, `${pair.public.name}.pem`);
  writeFileSync(key, pair.private, { mode: 0o600 });
  const statement = {
    node: made.metadata.uid ?? "",
    "provider-id": String(field(made, "spec.providerID")),
    machine: String(field(made, "status.nodeInfo.machineID")),
    region,
    "not-after": notAfter,
  };
  const options = Object.entries(statement).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, out, err } = await command(["attest", "--key", key, "--key-name", pair.public.name, ...options]);
  assert.equal(code, 0, err);
  const created = await cluster.kubectl(["create", "-f", "-", "-o", "jsonpath={.metadata.name}"], { stdin: out });
  assert.equal(created.code, 0, created.stderr);
  return created.stdout;
};
/** Attests a node for so long, or for longer where the machine is so busy that this ends before it is seen to hold. */
const attestBriefly = async (made: KubeObject, forMs: number): Promise<void> => {
  const until = Date.now() + forMs;
  await attest(made, pipeline, new Date(until).toISOString().replace(/\.\d+Z$/, "Z"));
  const seen = cluster.admin.until<KubeObject>(
    node(made.metadata.name ?? ""),
    ({ metadata }) => metadata.labels?.[label] === "verified",
    { describe: `${made.metadata.name} is verified while it is attested`, deadlineMs: Math.max(1, until - Date.now()) },
  );
  await seen.catch(() => {
    assert.ok(forMs < 300_000, `${made.metadata.name} was attested for five minutes, and not seen to be verified`);
    return attestBriefly(made, 4 * forMs);
  });
};
const attestation = (name: string) => ref("domicile.dev/v1alpha1", "NodeAttestation", name);

test("P7 a node that nobody attested is unknown, and the zone says since when", async () => {
  const made = await addMachine({ name: "tokyo-nobody" });
  assert.match(await untilEvent(cluster, "tokyo-nobody", "AttestationMissing"), /Zone tokyo: Unknown; no NodeAttest/);
  const status = await cluster.admin.until<KubeObject>(
    zoneRef(zone),
    (now) => JSON.stringify(field(now, "status.nodes.notVerified") ?? []).includes("tokyo-nobody"),
    { describe: "the zone's status names tokyo-nobody" },
  );
  const listed = (field(status, "status.nodes.notVerified") as readonly KubeObject[]).find(
    (one) => field(one, "name") === "tokyo-nobody",
  );
  assert.equal(field(listed, "uid"), made.metadata.uid);
  assert.match(String(field(listed, "since")), /^20\d\d-.*Z$/);
  assert.equal(await labelOf("tokyo-nobody"), undefined);
});

test("P7 what the pipeline attests is verified, and loses its label when the attestation goes", async () => {
  const made = await addMachine({ name: "tokyo-good" });
  const name = await attest(made);
  await untilLabel("tokyo-good", "verified");
  assert.match(
    await untilEvent(cluster, "tokyo-good", "NodeAttested"),
    /signed with key pipeline, attests it until 2999/,
  );
  await must(cluster.admin.delete(attestation(name)));
  await untilLabel("tokyo-good", undefined);
  await attest(made);
  await untilLabel("tokyo-good", "verified");
});

test("P7 an attestation cannot be changed, only made and deleted", async () => {
  const made = await addMachine({ name: "tokyo-fixed" });
  const name = await attest(made);
  const answer = await cluster.admin.patch(attestation(name), { spec: { payload: "AAAA" } });
  assert.equal(answer.status, 422, answer.message);
  assert.match(answer.message ?? "", /may not be changed: make another NodeAttestation, then delete this one/);
  await untilLabel("tokyo-fixed", "verified");
  const { stdout } = await cluster.kubectl(["get", "natt", name]);
  assert.match(stdout, /^NAME +KEYS +AGE\n\S+ +pipeline +\S+\n$/);
});

test("P7 a node that is deleted and registers again under its name is not what was attested", async () => {
  const made = await addMachine({ name: "tokyo-again" });
  await attest(made);
  await untilLabel("tokyo-again", "verified");
  await must(cluster.admin.delete(node("tokyo-again")));
  await cluster.admin.untilGone(node("tokyo-again"), { describe: "node tokyo-again is gone" });
  const again = await addMachine({ name: "tokyo-again" });
  assert.match(
    await untilEvent(cluster, "tokyo-again", "AttestationOfAnotherNode"),
    new RegExp(`names UID ${made.metadata.uid}, and this node's is ${again.metadata.uid}`),
  );
  assert.equal(await labelOf("tokyo-again"), undefined);
});

test("P7 a node that copies another's providerID and machine takes nothing of its attestation", async () => {
  const providerID = instanceOcid(region, "tokyo-copied");
  await attest(await addMachine({ name: "tokyo-copied" }));
  await untilLabel("tokyo-copied", "verified");
  await addMachine({ name: "tokyo-thief", providerID: `oci://${providerID}`, machineID: "machine-tokyo-copied" });
  await untilEvent(cluster, "tokyo-thief", "ProviderIDDuplicated");
  await addMachine({ name: "tokyo-echo", machineID: "machine-tokyo-copied" });
  await untilEvent(cluster, "tokyo-echo", "AttestationOfAnotherNode");
  for (const name of ["tokyo-thief", "tokyo-echo"]) assert.equal(await labelOf(name), undefined, name);
  assert.equal(await labelOf("tokyo-copied"), "verified");
});

test("P7 of two nodes attested as one machine neither is verified, until one of them goes", async () => {
  await attest(await addMachine({ name: "tokyo-twin-a", machineID: "machine-twin" }));
  await untilLabel("tokyo-twin-a", "verified");
  await attest(await addMachine({ name: "tokyo-twin-b", machineID: "machine-twin" }));
  await untilLabel("tokyo-twin-a", undefined);
  await untilEvent(cluster, "tokyo-twin-b", "MachineAttestedTwice");
  assert.equal(await labelOf("tokyo-twin-b"), undefined);
  await must(cluster.admin.delete(node("tokyo-twin-b")));
  await untilLabel("tokyo-twin-a", "verified");
});

test("P7 a key counts from when the zone names it until it does not", async () => {
  const made = await addMachine({ name: "tokyo-rotated" });
  await attest(made, next);
  await untilEvent(cluster, "tokyo-rotated", "AttestationKeyUnknown");
  await applyZone(cluster, zone, specOf(pipeline, next));
  await untilLabel("tokyo-rotated", "verified");
  await applyZone(cluster, zone, specOf(pipeline));
  await untilLabel("tokyo-rotated", undefined);
});

test("P7 an attestation that expires takes the label along, and its successor keeps it", async () => {
  const made = await addMachine({ name: "tokyo-brief" });
  const kept = await addMachine({ name: "tokyo-renewed" });
  await attestBriefly(kept, 15_000);
  await attest(kept);
  await attestBriefly(made, 15_000);
  await untilLabel("tokyo-renewed", "verified");
  await untilLabel("tokyo-brief", undefined);
  await untilEvent(cluster, "tokyo-brief", "AttestationExpired");
  assert.equal(await labelOf("tokyo-renewed"), "verified");
});

test("P7 a scheduler that the zone trusts binds no pod to a node that is not attested, through either door", async () => {
  const at = "tokyo-pods";
  await attest(await addMachine({ name: "tokyo-home" }));
  await addMachine({ name: "tokyo-bare" });
  await untilLabel("tokyo-home", "verified");
  await joinZone(cluster, at, zone);
  await letBind(cluster, at, [scheduler]);
  await waitingPod(cluster, at, "web");
  const trusted = await cluster.as({ user: scheduler });
  // With an annotation, for a trusted scheduler's plain Binding is not looked at.
  const to = (name: string) => ({
    target: { kind: "Node", name },
    annotations: { "scheduler.example.com/gpu": "0" },
  });
  // An API server takes a second to heed whom a zone trusts.
  await untilStatus(201, () =>
    bindVia(trusted, "pods/binding", { namespace: at, name: "web" }, { ...to("tokyo-home"), dryRun: true }),
  );
  for (const door of doors) {
    const refused = await bindVia(trusted, door, { namespace: at, name: "web" }, to("tokyo-bare"));
    assert.equal(refused.status, 403, refused.message);
    assert.match(
      refused.message ?? "",
      /target\.name is "tokyo-bare", which is Unknown: no NodeAttestation names UID .*\(BindingNodeNotVerified\)/,
    );
  }
  // Each replica hears of the attestation by itself.
  await untilStatus(201, () => bindVia(trusted, "pods/binding", { namespace: at, name: "web" }, to("tokyo-home")));
});

test("a zone whose name has 63 characters labels nodes, seals a namespace and runs pods", async () => {
  const longest = "tokyo-".padEnd(63, "z");
  const at = "tokyo-long";
  await applyZone(cluster, longest, { nodes: { provider: "OCI", regions: [region] } });
  await addNode(cluster, { name: "tokyo-long", region });
  await joinZone(cluster, at, longest);
  await must(cluster.admin.create(podOf("web", at)));
  const pod = await cluster.admin.until<KubeObject>(
    ref("v1", "Pod", "web", at),
    (now) => field(now, "status.phase") === "Running",
    { describe: "the pod of the long zone runs" },
  );
  const ran = await must(cluster.admin.get(node(String(field(pod, "spec.nodeName")))));
  assert.equal(ran.metadata.labels?.[`domicile.dev.node-restriction.kubernetes.io/${longest}`], "verified");
});
