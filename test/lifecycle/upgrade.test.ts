import assert from "node:assert/strict";
import { after, before as first, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { helms, installChart, rollbackChart, testChart, uninstallChart, upgradeChart } from "../cluster/helm.ts";
import { field, ref } from "../cluster/objects.ts";
import type { Output } from "../cluster/spawned.ts";
import { home, release, untilSealed, values } from "../e2e/domicile.ts";
import { policy } from "../e2e/policies.ts";
import { podOf } from "../e2e/resources.ts";
import { before, codeOf, unpack } from "./released.ts";
import {
  closeStage,
  definitionNames,
  furnish,
  inside,
  leftovers,
  nodeLabel,
  openStage,
  outside,
  podsCanBeMade,
  type Stage,
  untilUnregistered,
  zone,
} from "./stage.ts";

let stage: Stage;
let chart: string;
first(async () => {
  stage = await openStage((cluster) => {
    const released = unpack(cluster);
    ({ chart } = released);
    return codeOf(released.main);
  });
});
after(() => closeStage(stage));

const succeeds = async (helm: Promise<Output>): Promise<string> => {
  const { code, stdout, stderr } = await helm;
  assert.equal(code, 0, stderr || stdout);
  return stdout;
};

/** What an administrator may not do while a native policy stands; nothing of it is done, for it is a dry run. */
const forbidden = (): readonly (() => Promise<{ readonly status: number; readonly message: string }>)[] => {
  const { admin } = stage.cluster;
  const dryRun = { dryRun: true };
  return [
    () => admin.patch(ref("v1", "Node", "phoenix-1"), { metadata: { labels: { [nodeLabel]: null } } }, dryRun),
    () =>
      admin.patch(ref("v1", "Namespace", outside), { metadata: { labels: { "domicile.dev/sealed": zone } } }, dryRun),
    () => admin.delete(policy("domicile-isolate", inside), dryRun),
  ];
};

/** Creates pods inside and outside the zone and tries the native policies, over and over, until Helm is done. */
const undisturbed = async (helm: Promise<Output>): Promise<string> => {
  const { admin } = stage.cluster;
  let made = 0;
  const ended = new AbortController();
  const done = succeeds(helm).finally(() => ended.abort());
  const refused: string[] = [];
  const unguarded: string[] = [];
  while (!ended.signal.aborted) {
    made += 1;
    const [here, there, ...guarded] = await Promise.all([
      admin.create(podOf(`in-${made}`, inside), { dryRun: true }),
      admin.create(podOf(`out-${made}`, outside), { dryRun: true }),
      ...forbidden().map((attempt) => attempt()),
    ]);
    if (!here.ok) refused.push(`inside: ${here.message}`);
    else if (field(here.body, "spec.nodeSelector") === undefined) refused.push("inside: let in without a selector");
    if (!there.ok) refused.push(`outside: ${there.message}`);
    for (const { status, message } of guarded)
      if (status !== 403 || !message.includes("only by Domicile")) unguarded.push(`${status} ${message}`);
  }
  await done;
  assert.deepEqual(refused.slice(0, 3), []);
  assert.deepEqual(unguarded.slice(0, 3), []);
  assert.ok(made > 1);
  return `${made} pods inside and ${made} outside: none refused; ${3 * made} attempts on what native policies guard: all refused`;
};

for (const by of helms) {
  const wanted = { release, namespace: home, by, flags: ["--wait", "--timeout", "120s"] };

  test(`${by} installs the chart ${before}, and a zone is enforced`, async () => {
    const old = { ...values, image: { ...values.image, tag: before } };
    await succeeds(installChart(stage.cluster, { ...wanted, chart, values: old }));
    if (by === helms[0]) await furnish(stage);
    await untilSealed(stage.cluster, inside, zone);
  });

  test(`${by} upgrades it to this version: no pod is refused, nothing is unguarded for a moment`, async (t) => {
    t.diagnostic(await undisturbed(upgradeChart(stage.cluster, { ...wanted, values })));
  });

  test(`${by} test says that Domicile answers the API server, and leaves nothing behind`, async () => {
    const { cluster } = stage;
    await succeeds(testChart(cluster, { release, namespace: home, by }));
    const list = ["get", "pods,serviceaccounts,roles,namespaces", "-A", "-o", "name"];
    await askUntil(
      () => cluster.kubectl(list),
      ({ code, stdout }) => code === 0 && !stdout.includes("domicile-test"),
      { describe: "nothing of the test is left" },
    );
  });

  test(`${by} rolls it back to ${before}: no pod is refused, nothing is unguarded for a moment`, async (t) => {
    t.diagnostic(await undisturbed(rollbackChart(stage.cluster, 1, wanted)));
  });

  test(`${by} uninstalls it: pods can be made everywhere, and the CRDs stay`, async () => {
    const { cluster } = stage;
    await succeeds(uninstallChart(cluster, { ...wanted, flags: ["--wait"] }));
    await untilUnregistered(cluster);
    assert.deepEqual((await leftovers(cluster)).toSorted(), definitionNames);
    await podsCanBeMade(cluster, by);
  });
}
