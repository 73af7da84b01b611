import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { metricsTable } from "../../src/ops/metrics-table.ts";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { applyZone, home, joinZone, untilZone } from "./domicile.ts";
import { askReplica, sample, untilLeader, untilReplicas, type Replica } from "./replicas.ts";
import { podOf } from "./resources.ts";

const zone = "process";
const at = "process-pods";
const region = "uk-london-1";
let cluster: Cluster;
let replicas: readonly Replica[];

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: [region] } });
  await addNode(cluster, { name: "process-1", region });
  await untilZone(cluster, zone, "NodesVerified", "True");
  await joinZone(cluster, at, zone);
  replicas = await untilReplicas(cluster);
});
after(() => cluster.close());

const decisions = async (labels: Readonly<Record<string, string>>): Promise<readonly number[]> =>
  Promise.all(
    replicas.map(async (replica) =>
      sample((await askReplica(replica, "/metrics")).text, "domicile_admission_decisions_total", labels),
    ),
  );
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test("each replica is healthy and ready, and says what else it serves", async () => {
  for (const replica of replicas) {
    assert.deepEqual(await askReplica(replica, "/healthz"), { status: 200, text: "ok\n" });
    // A watch that a busy machine lets fall silent unreadies it for a moment.
    await askUntil(
      () => askReplica(replica, "/readyz"),
      ({ status, text }) => status === 200 && text === "ready\n",
      { describe: `${replica.name} is ready` },
    );
    const other = await askReplica(replica, "/pods");
    assert.equal(other.status, 404);
    assert.match(other.text, /\/healthz, \/readyz and \/metrics/);
  }
});

test("each replica exposes every metric of the table, with its help", async () => {
  for (const replica of replicas) {
    const { text } = await askReplica(replica, "/metrics");
    for (const [name, { help, type }] of Object.entries(metricsTable)) {
      assert.ok(text.includes(`# HELP ${name} ${help}`), `${name} is described`);
      assert.ok(text.includes(`# TYPE ${name} ${type}`), `${name} is a ${type}`);
    }
    assert.ok(sample(text, "domicile_certificate_expiry_timestamp_seconds") > Date.now() / 1000);
  }
});

test("exactly one replica leads, and it is the one that holds the lease", async () => {
  // On a machine that is busy enough the lease changes hands between two questions.
  const ask = async () => {
    const texts = await Promise.all(replicas.map((replica) => askReplica(replica, "/metrics")));
    const leading = replicas.filter((_, index) => sample(texts[index]?.text ?? "", "domicile_leader") === 1);
    return { holder: await untilLeader(cluster), leading: leading.map(({ name }) => name) };
  };
  await askUntil(ask, ({ holder, leading }) => isDeepStrictEqual(leading, [holder]), { describe: "one leads" });
});

test("both replicas admit, and decisions are counted by reason", async () => {
  const pinned = { zone, reason: "Pinned", decision: "patched" };
  const refused = { zone, reason: "NodeNameSet", decision: "denied" };
  const beforePinned = sum(await decisions(pinned));
  const beforeRefused = sum(await decisions(refused));
  // Which replica is asked is the API server's choice, connection by connection.
  const many = Array.from({ length: 32 }, (_, index) => podOf(`pinned-${index}`, at));
  const everyoneWasAsked = async (): Promise<boolean> => (await decisions(pinned)).every((count) => count > 0);
  let created = 0;
  do {
    assert.ok(created < 500, `after ${created} pods one replica was never asked`);
    await Promise.all(many.map((pod) => must(cluster.admin.create(pod, { dryRun: true }))));
    created += many.length;
  } while (!(await everyoneWasAsked()));
  const { status } = await cluster.admin.create(podOf("named", at, { nodeName: "process-1" }));
  assert.equal(status, 403);
  assert.equal(sum(await decisions(pinned)) - beforePinned, created);
  assert.equal(sum(await decisions(refused)) - beforeRefused, 1);
});

test("a decision is one line of JSON, which holds nothing of the object but its name", async () => {
  const secret = "a-word-nobody-logs";
  const spec = { containers: [{ name: "main", image: "example/app", env: [{ name: "TOKEN", value: secret }] }] };
  await must(cluster.admin.create(podOf("logged", at, spec)));
  const read = async (): Promise<string> => {
    const logs = replicas.map(async ({ name }) => {
      const { code, stdout, stderr } = await cluster.kubectl(["logs", name, "-n", home]);
      assert.equal(code, 0, stderr);
      return stdout;
    });
    return (await Promise.all(logs)).join("\n");
  };
  // Lines are written several at once.
  const text = await askUntil(read, (lines) => lines.includes('"name":"logged"'), { describe: "it is logged" });
  assert.ok(!text.includes(secret));
  assert.ok(!text.includes("example/app"));
  const lines = text
    .split("\n")
    .filter((line) => line.includes('"name":"logged"'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  // The validating webhook need not be asked: its condition sees that the pod is in place.
  assert.deepEqual(
    lines.map(({ path, decision, reason, kind, namespace, operation, msg }) => ({
      path,
      decision,
      reason,
      kind,
      namespace,
      operation,
      msg,
    })),
    [
      {
        path: "/mutate/pods",
        decision: "patched",
        reason: "Pinned",
        kind: "Pod",
        namespace: at,
        operation: "CREATE",
        msg: "decided",
      },
    ],
  );
  assert.equal(lines[0]?.["zone"], zone);
});
