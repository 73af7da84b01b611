import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { upgradeChart } from "../cluster/helm.ts";
import { home, installDomicile, release, values } from "../e2e/domicile.ts";
import { leaderMetrics, sample, untilLeader } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, scaleTo, type Stage } from "./stage.ts";

const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"] as const;
type Kind = (typeof kinds)[number];
const configuration = (kind: Kind) => ref("admissionregistration.k8s.io/v1", kind, "domicile");

let stage: Stage;
let good: ReadonlyMap<Kind, KubeObject>;
before(async () => {
  stage = await openStage();
  const { cluster } = stage;
  await installDomicile(cluster);
  await furnish(stage);
  const read = async (kind: Kind) => [kind, await must(cluster.admin.get(configuration(kind)))] as const;
  good = new Map(await Promise.all(kinds.map(read)));
});
after(() => closeStage(stage));

type Entry = Readonly<Record<string, unknown>>;
const entriesOf = (object: KubeObject): readonly Entry[] => (object["webhooks"] ?? []) as readonly Entry[];
const each = (change: (entry: Entry) => Entry) => (kind: Kind, entries: readonly Entry[]) => ({
  ...configuration(kind),
  webhooks: entries.map(change),
});

type Edit = readonly [note: RegExp, edit: (kind: Kind, entries: readonly Entry[]) => object];
const edits: Readonly<Record<string, Edit>> = {
  "failures are ignored": [
    /webhooks\[.+ and \d+ more\]\.failurePolicy was Ignore and is Fail again/,
    each((entry) => ({ ...entry, failurePolicy: "Ignore" })),
  ],
  "namespaces are left out": [
    /\.namespaceSelector was changed/,
    each((entry) => ({ ...entry, namespaceSelector: { matchLabels: { no: "namespace" } } })),
  ],
  "a condition lets every pod pass": [
    /\.matchConditions was changed/,
    each((entry) => ({ ...entry, matchConditions: [{ name: "never", expression: "false" }] })),
  ],
  "another service is called": [
    /\.clientConfig\.service was changed; .*\.clientConfig\.caBundle was changed/,
    each((entry) => ({
      ...entry,
      clientConfig: { service: { name: "other", namespace: "default", path: "/", port: 443 } },
    })),
  ],
  "another authority is trusted": [
    /\]\.clientConfig\.caBundle was changed\. Last/,
    each((entry) => ({
      ...entry,
      clientConfig: {
        ...(entry["clientConfig"] as object),
        caBundle: Buffer.from(stage.cluster.session.authority.cert).toString("base64"),
      },
    })),
  ],
  "an answer is waited for too briefly": [
    /\.timeoutSeconds was 1 and is 2 again/,
    each((entry) => ({ ...entry, timeoutSeconds: 1 })),
  ],
  "entries are taken away": [/\] was taken away/, (_kind, entries) => ({ webhooks: entries.slice(0, 1) })],
  "all entries are taken away": [
    /webhooks\[unsealed\.pods\.domicile\.dev, .*\] was taken away/,
    () => ({ webhooks: [] }),
  ],
  "an entry is added": [
    /webhooks\[added\.by\.somebody\.else\] was added/,
    (_kind, entries) => ({ webhooks: [...entries, { ...entries[0], name: "added.by.somebody.else" }] }),
  ],
  "its owner is taken away": [/metadata\.ownerReferences was changed/, () => ({ metadata: { ownerReferences: [] } })],
  "what tells of edits is taken away": [
    /metadata\.annotations\[domicile\.dev\/digest\] was changed/,
    () => ({ metadata: { annotations: null } }),
  ],
};

const untilGood = async (kind: Kind): Promise<void> => {
  const wanted = good.get(kind);
  await stage.cluster.admin.until<KubeObject>(
    configuration(kind),
    (now) =>
      isDeepStrictEqual(now["webhooks"], wanted?.["webhooks"]) &&
      isDeepStrictEqual(now.metadata.annotations, wanted?.metadata.annotations) &&
      isDeepStrictEqual(now.metadata["ownerReferences"], wanted?.metadata["ownerReferences"]),
    { describe: `${kind} is as it was` },
  );
};

const repairs = async (kind: Kind): Promise<number> =>
  sample(await leaderMetrics(stage.cluster), "domicile_repairs_total", { kind });

type Event = KubeObject & {
  readonly note: string;
  readonly reason: string;
  readonly type: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string };
};

/** Resolves when an event about the configuration that stands now tells of a repair in these words. */
const untilTold = async (kind: Kind, words: RegExp): Promise<void> => {
  const { uid } = (await must(stage.cluster.admin.get(configuration(kind)))).metadata;
  const told = ({ reason, regarding, note }: Event): boolean =>
    reason === "WebhooksRepaired" && regarding.kind === kind && regarding.uid === uid && words.test(note);
  const events = await stage.cluster.admin.untilList<Event>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (all) => all.some(told),
    { namespace: "default", describe: `an event of ${kind} says ${words}` },
  );
  const found = events.find(told);
  assert.ok(found);
  assert.equal(found.type, "Warning");
  assert.match(found.note, /Look in the audit log for who changed it/);
};

const breakIt = async (kind: Kind, edit: Edit[1], fieldManager = "somebody"): Promise<void> => {
  const { admin } = stage.cluster;
  const patch = edit(kind, entriesOf(await must(admin.get(configuration(kind)))));
  await must(admin.patch(configuration(kind), patch, { fieldManager }));
};

for (const kind of kinds) {
  for (const [what, [note, edit]] of Object.entries(edits))
    test(`O1 ${kind} is put back, told and counted when ${what}`, async () => {
      const before = await repairs(kind);
      await breakIt(kind, edit);
      await untilGood(kind);
      await untilTold(kind, note);
      assert.ok((await repairs(kind)) > before);
    });

  test(`O1 ${kind} is made anew, told and counted when it is deleted`, async () => {
    const before = await repairs(kind);
    await must(stage.cluster.admin.delete(configuration(kind)));
    await untilGood(kind);
    await untilTold(kind, /It was deleted\./);
    assert.ok((await repairs(kind)) > before);
  });
}

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

test("O1 what was done while nobody led is put back, told and counted by who leads next", async () => {
  const { cluster } = stage;
  const leader = await untilLeader(cluster);
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
  await Promise.all(kinds.map(untilGood));
  await untilTold(mutating, /It was deleted\./);
  await untilTold(validating, /failurePolicy was Ignore and is Fail again\. Last written by while-nobody-led at 20/);
  await scaleTo(cluster, 2);
  for (const kind of kinds) assert.equal(await repairs(kind), 1);
});

const policyKind = "ValidatingAdmissionPolicy";
const bindingKind = "ValidatingAdmissionPolicyBinding";
type PolicyEdit = readonly [kind: string, name: string, patch: object | undefined, note: RegExp];
const policyEdits: Readonly<Record<string, PolicyEdit>> = {
  "a policy of Domicile's is ignored where it fails": [
    policyKind,
    "domicile-pods",
    { spec: { failurePolicy: "Ignore" } },
    /spec\.failurePolicy was Ignore and is Fail again\. Last written by somebody at 20/,
  ],
  "a policy of Domicile's lets everything pass": [
    policyKind,
    "domicile-pods",
    { spec: { validations: [{ expression: "true" }] } },
    /spec\.validations was changed/,
  ],
  "a policy of Domicile's is never asked": [
    policyKind,
    "domicile-pods",
    { spec: { matchConditions: [{ name: "never", expression: "false" }] } },
    /spec\.matchConditions was changed/,
  ],
  "a binding of Domicile's only audits": [
    bindingKind,
    "domicile-pods",
    { spec: { validationActions: ["Audit"] } },
    /spec\.validationActions was changed/,
  ],
  "a policy of Domicile's is deleted": [policyKind, "domicile-pods", undefined, /It was deleted\./],
  "a policy of the chart is ignored where it fails": [
    policyKind,
    "domicile-sealed-label",
    { spec: { failurePolicy: "Ignore" } },
    /spec\.failurePolicy was Ignore and is Fail again\. Last written by somebody at 20/,
  ],
  "a policy of the chart names another user": [
    policyKind,
    "domicile-node-labels",
    { spec: { matchConditions: [{ name: "not-domicile", expression: "request.userInfo.username != 'thief'" }] } },
    /spec\.matchConditions was changed/,
  ],
  "a binding of the chart is narrowed": [
    bindingKind,
    "domicile-policies",
    { spec: { matchResources: { namespaceSelector: { matchLabels: { no: "namespace" } } } } },
    /spec\.matchResources was changed/,
  ],
  "a policy of the chart is deleted": [policyKind, "domicile-definitions", undefined, /It was deleted\./],
  "a binding of the chart is deleted": [bindingKind, "domicile-sealed-label", undefined, /It was deleted\./],
};

for (const [what, [kind, name, patch, note]] of Object.entries(policyEdits))
  test(`O1 a native policy is put back, told and counted when ${what}`, async () => {
    const { admin } = stage.cluster;
    const target = ref("admissionregistration.k8s.io/v1", kind, name);
    const wanted = await must(admin.get<KubeObject>(target));
    const before = sample(await leaderMetrics(stage.cluster), "domicile_repairs_total", { kind });
    await must(patch === undefined ? admin.delete(target) : admin.patch(target, patch, { fieldManager: "somebody" }));
    const now = await admin.until<KubeObject>(
      target,
      ({ metadata, spec }) =>
        (patch !== undefined || metadata.uid !== wanted.metadata.uid) && isDeepStrictEqual(spec, wanted.spec),
      { describe: `${kind} ${name} is as it was` },
    );
    assert.deepEqual(now.metadata.labels, wanted.metadata.labels);
    assert.deepEqual(now.metadata.annotations, wanted.metadata.annotations);
    const told = ({ reason, regarding, note: words }: Event): boolean =>
      reason === "NativePoliciesRepaired" && regarding.uid === now.metadata.uid && note.test(words);
    await admin.untilList<Event>({ apiVersion: "events.k8s.io/v1", kind: "Event" }, (all) => all.some(told), {
      namespace: "default",
      describe: `an event of ${name} says ${note}`,
    });
    assert.ok(sample(await leaderMetrics(stage.cluster), "domicile_repairs_total", { kind }) > before);
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
