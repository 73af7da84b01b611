import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { home, installDomicile } from "../e2e/domicile.ts";
import { policy, readSpecs, untilSpecsAre } from "../e2e/policies.ts";
import { untilLeader } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, outside, scaleTo, type Stage } from "./stage.ts";

let stage: Stage;
before(async () => {
  stage = await openStage();
  await installDomicile(stage.cluster);
  await furnish(stage);
});
after(() => closeStage(stage));

const pod = (name: string) => ref("v1", "Pod", name, home);

/** Somebody widens a policy with Domicile's own account, and it is put back. */
const isRepaired = async (): Promise<void> => {
  const { cluster } = stage;
  const good = await readSpecs(cluster, inside);
  const thief = await cluster.asServiceAccount(home, "domicile");
  await must(thief.patch(policy("domicile-isolate", inside), { spec: { egress: [{}] } }, { fieldManager: "somebody" }));
  await untilSpecsAre(cluster, inside, good);
};

test("O3 a leader whose process is killed starts again, and what was edited meanwhile is put back", async () => {
  const leader = await untilLeader(stage.cluster);
  stage.home.kill({ name: leader, namespace: home }, "SIGKILL");
  await isRepaired();
  await stage.cluster.admin.until(
    pod(leader),
    (now) => Number(field(now, "status.containerStatuses.0.restartCount")) > 0 && condition(now, "Ready") === "True",
    { describe: "the killed replica is back" },
  );
});

test("O3 a leader that disappears without a word is followed by another, which repairs", async () => {
  const { admin } = stage.cluster;
  const leader = await untilLeader(stage.cluster);
  await must(admin.delete(pod(leader), { gracePeriodSeconds: 0 }));
  await untilLeader(stage.cluster, leader);
  await isRepaired();
  await scaleTo(stage.cluster, 2);
});

test("O3 a leader that is asked to go gives the lease back and exits with 0", async () => {
  const { cluster } = stage;
  const leader = await untilLeader(cluster);
  stage.home.kill({ name: leader, namespace: home }, "SIGTERM");
  await untilLeader(cluster, leader);
  const now = await cluster.admin.until<KubeObject>(
    pod(leader),
    (seen) => field(seen, "status.containerStatuses.0.lastState.terminated") !== undefined,
    { describe: "the process has ended" },
  );
  const log = stage.home.logs({ name: leader, namespace: home });
  assert.equal(field(now, "status.containerStatuses.0.lastState.terminated.exitCode"), 0, log.slice(-2_000));
  assert.match(log, /"leadership":\{"at":"released"\}/);
  assert.match(log, /"msg":"shutting down"/);
  await scaleTo(cluster, 2);
});

test("O3 during a rolling restart nothing is refused outside zones and nothing unpinned gets into one", async (t) => {
  const { cluster } = stage;
  const { admin } = cluster;
  const deployment = ref("apps/v1", "Deployment", "domicile", home);
  const old = (await must(admin.list({ apiVersion: "v1", kind: "Pod" }, { namespace: home }))).items;
  const restarted = { spec: { template: { metadata: { annotations: { restarted: "once" } } } } };
  await must(admin.patch(deployment, restarted));
  const rolled = new AbortController();
  const rolling = admin
    .untilList<KubeObject>(
      { apiVersion: "v1", kind: "Pod" },
      (pods) =>
        pods.length === 2 &&
        pods.every(
          (now) => condition(now, "Ready") === "True" && !old.some(({ metadata }) => metadata.uid === now.metadata.uid),
        ),
      { namespace: home, describe: "two new replicas, and no old one", deadlineMs: 120_000 },
    )
    .finally(() => rolled.abort());
  const refusals: string[] = [];
  let made = 0;
  while (!rolled.signal.aborted) {
    made += 1;
    const [there, here] = await Promise.all([
      admin.create(podOf(`out-${made}`, outside), { dryRun: true }),
      admin.create(podOf(`in-${made}`, inside), { dryRun: true }),
    ]);
    assert.ok(there.ok, there.message);
    if (here.ok) assert.equal((field(here.body, "spec.nodeSelector") as Record<string, string>)[nodeLabel], "verified");
    else refusals.push(here.message);
  }
  await rolling;
  t.diagnostic(`${made} pods inside and ${made} outside; refused inside: ${refusals.length} ${refusals[0] ?? ""}`);
  assert.ok(made > 1);
  assert.deepEqual(refusals, []);
});
