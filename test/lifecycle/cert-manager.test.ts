import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect } from "../cluster/cluster.ts";
import { upgradeChart } from "../cluster/helm.ts";
import { home, installDomicile, release, values } from "../e2e/domicile.ts";
import { readyReplicas } from "../e2e/replicas.ts";
import { certificateSecret, installKinds, issue, newAuthority, removeKinds } from "./issuer.ts";
import { closeStage, furnish, inside, openStage, scaleTo, type Stage } from "./stage.ts";
import { secretRef, startWitness, textsOf, type Witness } from "./witness.ts";

/** Old replicas may not renew once the chart has given their Secret up, so these outlive the upgrade. */
const long = ["--ca-duration=1h", "--leaf-duration=20m"];
/** An authority is trusted for 12 seconds before anybody serves by it, and for 60 after: an upgrade takes less, also on a busy machine. */
const short = ["--ca-duration=240s", "--leaf-duration=80s"];

let stage: Stage;
let witness: Witness;
before(async () => {
  stage = await openStage();
  await installKinds(stage.cluster);
  await installDomicile(stage.cluster, { extraArgs: long });
  await furnish(stage);
  witness = startWitness(stage.cluster, inside, certificateSecret);
});
after(async () => {
  await witness.end();
  await closeStage(stage);
  const cluster = await connect();
  await cluster.admin.delete(secretRef(certificateSecret));
  await removeKinds(cluster);
  await cluster.close();
});

const nothingFailed = (): void => assert.deepEqual(witness.faults().slice(0, 3), []);

const upgrade = async (enabled: boolean, extraArgs: readonly string[]): Promise<void> => {
  const wanted = { ...values, extraArgs, certManager: { enabled } };
  const flags = ["--wait", "--timeout", "120s"];
  const { code, stderr } = await upgradeChart(stage.cluster, { release, namespace: home, values: wanted, flags });
  assert.equal(code, 0, stderr);
};

const first = await newAuthority();

test("Domicile goes over to cert-manager's certificate in an upgrade, and no request fails", async () => {
  await issue(stage.cluster, first);
  await upgrade(true, short);
  await witness.untilServedBy(first.cert);
  nothingFailed();
});

test("Domicile may not write the Secret of cert-manager, nor any other", async () => {
  const { cluster } = stage;
  const domicile = await cluster.asServiceAccount(home, "domicile");
  await must(domicile.get(secretRef(certificateSecret)));
  const answers = [
    await domicile.patch(secretRef(certificateSecret), { data: {} }),
    await domicile.create({ ...secretRef("another"), data: {} }),
    await domicile.patch(secretRef("domicile-webhook-tls"), { data: {} }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [403, 403, 403],
  );
});

test("a leaf of the same authority and then one of another are served in turn, and no request fails", async () => {
  const { cluster } = stage;
  await issue(cluster, first);
  const second = await newAuthority();
  await issue(cluster, second);
  await witness.untilServedBy(second.cert);
  nothingFailed();
});

test("while the Secret is nonsense or gone what was read is served, and no request fails", async () => {
  const { cluster } = stage;
  const { admin } = cluster;
  const nonsense = Buffer.from("nonsense").toString("base64");
  await must(admin.patch(secretRef(certificateSecret), { data: { "tls.crt": nonsense } }));
  await must(admin.delete(secretRef(certificateSecret)));
  const third = await newAuthority();
  await issue(cluster, third);
  await witness.untilServedBy(third.cert);
  nothingFailed();
});

/** Domicile's own authority. */
const ours = async (): Promise<string> =>
  textsOf(await must(stage.cluster.admin.get(secretRef("domicile-webhook-tls"))))["ca.crt"] ?? "";

test("Domicile goes back to certificates of its own in an upgrade, and no request fails", async () => {
  await upgrade(false, short);
  await witness.untilServedBy(await ours());
  nothingFailed();
});

test("a replica that starts meanwhile serves by the one that was trusted before, and no request fails", async (t) => {
  const { cluster, home: kubelet } = stage;
  // None of before the upgrade is left.
  await scaleTo(cluster, 2);
  const old = new Set((await readyReplicas(cluster)).map(({ name }) => name));
  await scaleTo(cluster, 3);
  const added = (await readyReplicas(cluster)).find(({ name }) => !old.has(name));
  assert.ok(added);
  assert.match(kubelet.logs({ name: added.name, namespace: home }), /serving with the former certificate/);
  await witness.untilServedBy(await ours());
  nothingFailed();
  t.diagnostic(JSON.stringify(witness.counted()));
});
