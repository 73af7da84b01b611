import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { ref, type KubeObject, type Ref } from "../cluster/objects.ts";
import { upgradeChart } from "../cluster/helm.ts";
import { home, installDomicile, release, values } from "../e2e/domicile.ts";
import { leaderMetrics, sample, untilLeader, untilMeasured } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";
import {
  configuration,
  each,
  edits,
  entriesOf,
  kinds,
  policyEdits,
  policyKind,
  type Edit,
  type Kind,
} from "./registered-edits.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, scaleTo, type Stage } from "./stage.ts";

let stage: Stage;
let good: ReadonlyMap<Kind, KubeObject>;
before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  await installDomicile(cluster);
  await furnish(stage);
  // Once native policy is seen to judge pods, the entries that would validate them go.
  await cluster.admin.until<KubeObject>(
    configuration("ValidatingWebhookConfiguration"),
    (found) => !entriesOf(found).some(({ name }) => name === "us.zone.pods.domicile.dev"),
    { describe: "no webhook validates pods" },
  );
  const read = async (kind: Kind) => [kind, await must(cluster.admin.get(configuration(kind)))] as const;
  good = new Map(await Promise.all(kinds.map(read)));
});
after(() => closeStage(stage));

const saidBy = (object: KubeObject) => [object["webhooks"], object.spec, object.metadata.annotations];
/** Resolves when an object says again what it said, and belongs to whom it belonged to, if anybody. */
const untilAs = async (wanted: KubeObject, target: Ref): Promise<KubeObject> => {
  const { ownerReferences: owners } = wanted.metadata;
  return stage.cluster.admin.until<KubeObject>(
    target,
    (now) =>
      isDeepStrictEqual(saidBy(now), saidBy(wanted)) &&
      (owners === undefined || isDeepStrictEqual(now.metadata["ownerReferences"], owners)),
    { describe: `${target.kind} ${target.metadata.name} is as it was` },
  );
};
const untilGood = (kind: Kind): Promise<KubeObject> => {
  const wanted = good.get(kind);
  assert.ok(wanted);
  return untilAs(wanted, configuration(kind));
};

const repairs = async (kind: string): Promise<number> =>
  sample(await leaderMetrics(stage.cluster), "domicile_repairs_total", { kind });
const untilRepairs = (kind: string, before: number): Promise<void> =>
  untilMeasured(stage.cluster, "domicile_repairs_total", { kind }, (count) => count > before);

type Event = KubeObject & {
  readonly note: string;
  readonly reason: string;
  readonly type: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string };
};

/** Resolves when an event about the object that stands now tells of a repair in these words. */
const untilTold = async (target: Ref, words: RegExp): Promise<void> => {
  const { uid } = (await must(stage.cluster.admin.get(target))).metadata;
  const repaired = target.kind.endsWith("Configuration") ? "WebhooksRepaired" : "NativePoliciesRepaired";
  const told = ({ reason, regarding, note }: Event): boolean =>
    reason === repaired && regarding.kind === target.kind && regarding.uid === uid && words.test(note);
  const events = await stage.cluster.admin.untilList<Event>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (all) => all.some(told),
    { namespace: "default", describe: `an event of ${target.kind} ${target.metadata.name} says ${words}` },
  );
  const found = events.find(told);
  assert.equal(found?.type, "Warning");
  assert.match(found?.note ?? "", /Look in the audit log for who changed it/);
};

/** Writes a patch onto an object, or deletes it where there is none. */
const write = (target: Ref, patch: object | undefined, fieldManager: string): Promise<unknown> => {
  const { admin } = stage.cluster;
  return must(patch === undefined ? admin.delete(target) : admin.patch(target, patch, { fieldManager }));
};
const breakIt = async (kind: Kind, edit: Edit[1], fieldManager = "somebody"): Promise<void> => {
  const entries = entriesOf(await must(stage.cluster.admin.get(configuration(kind))));
  await write(configuration(kind), edit(kind, entries, stage.cluster.session.authority.cert), fieldManager);
};

for (const kind of kinds)
  for (const [what, [note, edit]] of Object.entries(edits))
    test(`O1 ${kind} is put back, told and counted when ${what}`, async () => {
      const before = await repairs(kind);
      await breakIt(kind, edit);
      await untilGood(kind);
      await untilTold(configuration(kind), note);
      await untilRepairs(kind, before);
    });

test("O1 without what mutates, an unpinned pod is refused: what validates misses the selector", async () => {
  const { admin } = stage.cluster;
  const [mutating] = kinds;
  const emptied = {
    webhooks: entriesOf(await must(admin.get(configuration(mutating)))).map((entry) => ({
      ...entry,
      namespaceSelector: { matchLabels: { no: "namespace" } },
    })),
  };
  await must(admin.patch(configuration(mutating), emptied));
  const { ok, body, message } = await admin.create(podOf("bare", inside), { dryRun: true });
  // Whether the API server had already taken up the change or its repair, the pod is pinned or it is refused.
  if (ok) assert.deepEqual(body.spec?.["nodeSelector"], { [nodeLabel]: "verified" });
  else assert.match(message, /SelectorMissing|does not carry its zone's selector/);
  await untilGood(mutating);
});

/** Keeps new pods from the node that runs Domicile, or lets them in again. */
const cordon = (unschedulable: boolean): Promise<unknown> =>
  must(stage.cluster.admin.patch(ref("v1", "Node", "domicile-home"), { spec: { unschedulable } }));

test("O1 what was done while nobody led is put back, told and counted by who leads next", async () => {
  const { cluster } = stage;
  const leader = await untilLeader(cluster);
  // Who comes instead would never have seen what is deleted now, and might be the next to lead.
  await cordon(true);
  await must(cluster.admin.delete(ref("v1", "Pod", leader, home), { gracePeriodSeconds: 0 }));
  // Its process outlives the object for a moment, in which it would repair and not live to tell.
  stage.home.kill({ name: leader, namespace: home }, "SIGKILL");
  const [mutating, validating] = kinds;
  await must(cluster.admin.delete(configuration(mutating)));
  await breakIt(
    validating,
    each((entry) => ({ ...entry, failurePolicy: "Ignore" })),
    "while-nobody-led",
  );
  await untilLeader(cluster, leader);
  await cordon(false);
  await Promise.all(kinds.map(untilGood));
  await untilTold(configuration(mutating), /It was deleted\./);
  await untilTold(
    configuration(validating),
    /failurePolicy was Ignore and is Fail again\. Last written by while-nobody-led at 20/,
  );
  await scaleTo(cluster, 2);
  for (const kind of kinds) assert.equal(await repairs(kind), 1);
});

for (const [what, [kind, name, patch, note]] of Object.entries(policyEdits))
  test(`O1 a native policy is put back, told and counted when ${what}`, async () => {
    const target = ref("admissionregistration.k8s.io/v1", kind, name);
    const wanted = await must(stage.cluster.admin.get<KubeObject>(target));
    const before = await repairs(kind);
    await write(target, patch, "somebody");
    if (patch === undefined)
      await stage.cluster.admin.until(target, ({ metadata }) => metadata.uid !== wanted.metadata.uid, {
        describe: `${kind} ${name} is made anew`,
      });
    const now = await untilAs(wanted, target);
    assert.deepEqual(now.metadata.labels, wanted.metadata.labels);
    await untilTold(target, note);
    await untilRepairs(kind, before);
  });

test("without the ClusterRole that owns them nothing is registered, and readiness, log and metric say why", async () => {
  const { admin } = stage.cluster;
  const owner = ref("rbac.authorization.k8s.io/v1", "ClusterRole", "domicile-webhooks");
  const { metadata, ...role } = await must(admin.get<KubeObject>(owner));
  const leader = { name: await untilLeader(stage.cluster), namespace: home };
  const ask = async (path: string): Promise<string> => (await stage.home.scrape(leader, 8080, path)).text;
  await must(admin.delete(owner));
  await stage.home.untilLogged(leader, /"reason":"OwnerMissing"/);
  for (const kind of kinds) await admin.untilGone(configuration(kind), { describe: `${kind} is gone` });
  assert.equal(stage.home.logs(leader).match(/"reason":"OwnerMissing"/g)?.length, 1);
  assert.equal(sample(await ask("/metrics"), "domicile_registration_hindered"), 1);
  // Whoever takes the configurations away does not take the replicas' readiness with them.
  assert.equal(await ask("/readyz"), "ready\n");

  stage.home.kill(leader, "SIGKILL");
  await stage.home.untilLogged(leader, /"reason":"OwnerMissing"[^]*"reason":"OwnerMissing"/);
  assert.match(
    await ask("/readyz"),
    /webhook registration: .*ClusterRole domicile-webhooks is not there.*install its chart/,
  );

  // With Helm's own marks, or an uninstall would leave it where it is.
  const { labels, annotations } = metadata;
  await must(admin.create({ ...role, metadata: { name: owner.metadata.name, labels, annotations } } as KubeObject));
  for (const kind of kinds)
    await admin.until(configuration(kind), () => true, { describe: `${kind} is made when its owner is back` });
  await stage.home.untilLogged(leader, /what is registered with the API server is kept again/);
  assert.equal(sample(await ask("/metrics"), "domicile_registration_hindered"), 0);
  await scaleTo(stage.cluster, 2);
});

test("Helm upgrades what was put back, also where that changes it", async () => {
  const resident = { ...values, serviceAccount: { name: "resident" } };
  const wanted = { release, namespace: home, values: resident, flags: ["--wait", "--timeout", "120s"] };
  const { code, stderr } = await upgradeChart(stage.cluster, wanted);
  assert.equal(code, 0, stderr);
  const target = ref("admissionregistration.k8s.io/v1", policyKind, "domicile-sealed-label");
  await stage.cluster.admin.until<KubeObject>(
    target,
    (now) => JSON.stringify(now.spec).includes("system:serviceaccount:domicile-system:resident"),
    { describe: "the policy names the new account" },
  );
  await scaleTo(stage.cluster, 2);
});
