import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { ref, type KubeObject } from "../cluster/objects.ts";
import { installDomicile } from "../e2e/domicile.ts";
import { leaderMetrics, sample } from "../e2e/replicas.ts";
import { podOf } from "../e2e/resources.ts";
import { closeStage, furnish, inside, nodeLabel, openStage, type Stage } from "./stage.ts";

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

const edits: Readonly<Record<string, (kind: Kind, entries: readonly Entry[]) => object>> = {
  "failures are ignored": each((entry) => ({ ...entry, failurePolicy: "Ignore" })),
  "namespaces are left out": each((entry) => ({ ...entry, namespaceSelector: { matchLabels: { no: "namespace" } } })),
  "a condition lets every pod pass": each((entry) => ({
    ...entry,
    matchConditions: [{ name: "never", expression: "false" }],
  })),
  "another service is called": each((entry) => ({
    ...entry,
    clientConfig: { service: { name: "other", namespace: "default", path: "/", port: 443 } },
  })),
  "entries are taken away": (_kind, entries) => ({ webhooks: entries.slice(0, 1) }),
  "all entries are taken away": () => ({ webhooks: [] }),
  "an entry is added": (_kind, entries) => ({
    webhooks: [...entries, { ...entries[0], name: "added.by.somebody.else" }],
  }),
  "its owner is taken away": () => ({ metadata: { ownerReferences: [] } }),
};

const untilGood = async (kind: Kind): Promise<void> => {
  const wanted = good.get(kind);
  await stage.cluster.admin.until<KubeObject>(
    configuration(kind),
    (now) =>
      isDeepStrictEqual(now["webhooks"], wanted?.["webhooks"]) &&
      isDeepStrictEqual(now.metadata["ownerReferences"], wanted?.metadata["ownerReferences"]),
    { describe: `${kind} is as it was` },
  );
};

const repairs = async (kind: Kind): Promise<number> =>
  sample(await leaderMetrics(stage.cluster), "domicile_repairs_total", { kind });

for (const kind of kinds) {
  for (const [what, edit] of Object.entries(edits))
    test(`${kind} is put back and the repair counted when ${what}`, async () => {
      const { admin } = stage.cluster;
      const before = await repairs(kind);
      const patch = edit(kind, entriesOf(await must(admin.get(configuration(kind)))));
      await must(admin.patch(configuration(kind), patch, { fieldManager: "somebody" }));
      await untilGood(kind);
      assert.ok((await repairs(kind)) > before);
    });

  test(`${kind} is made anew when it is deleted`, async () => {
    await must(stage.cluster.admin.delete(configuration(kind)));
    await untilGood(kind);
  });
}

test("without what mutates, an unpinned pod is refused: what validates misses the selector", async () => {
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
