import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must, type Client } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { applyZone, joinZone, makeNamespace, untilSealed } from "./domicile.ts";
import { namespaceOf, podOf, relabel, untilCondition, untilEvent, zoneRef } from "./resources.ts";

const nodes = { provider: "OCI", regions: ["ap-osaka-1"] };
const inZone = { "domicile.dev/zone": "osaka" };
const outside = { "domicile.dev/zone": null };
let cluster: Cluster;
/** May write namespaces, and belongs to one of the two groups of examples/roles.yaml, or to none. */
let developer: Client;
let security: Client;
let stranger: Client;

/** The roles of the example, for this test's zone. */
const exampleRoles = async (): Promise<string> =>
  (await readFile(join(import.meta.dirname, "..", "..", "examples", "roles.yaml"), "utf8"))
    .replaceAll("domicile-us-", "domicile-osaka-")
    .replaceAll("[us]", "[osaka]");

const rbac = "rbac.authorization.k8s.io";
const namespaceWriters: readonly Manifest[] = [
  {
    ...ref(`${rbac}/v1`, "ClusterRole", "membership-writer"),
    rules: [{ apiGroups: [""], resources: ["namespaces", "namespaces/status"], verbs: ["get", "create", "patch"] }],
  },
  {
    ...ref(`${rbac}/v1`, "ClusterRoleBinding", "membership-writer"),
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "membership-writer" },
    subjects: [{ apiGroup: rbac, kind: "Group", name: "membership-writers" }],
  },
];

before(async () => {
  cluster = await connect();
  for (const object of namespaceWriters) await must(cluster.admin.create(object));
  const { code, stderr } = await cluster.kubectl(["apply", "--filename=-"], { stdin: await exampleRoles() });
  assert.equal(code, 0, stderr);
  developer = await cluster.as({ user: "dana", groups: ["membership-writers", "us-developers"] });
  security = await cluster.as({ user: "sam", groups: ["membership-writers", "us-security"] });
  stranger = await cluster.as({ user: "kim", groups: ["membership-writers"] });
  await applyZone(cluster, "osaka-warned", { enforcement: "Warn", nodes });
  await applyZone(cluster, "osaka", { nodes, namespaces: ["osaka-named"] });
  // The zone is heard of, and the roles and the names of namespaces are heeded.
  await makeNamespace(cluster, "osaka-early", inZone);
  await untilRefusedFor("UseNotGranted", () => stranger.create(namespaceOf("osaka-named"), { dryRun: true }));
  await untilAllowed(() => developer.create(namespaceOf("osaka-named"), { dryRun: true }));
});
after(() => cluster.close());

const at = (name: string) => ref("v1", "Namespace", name);
const label = (client: Client, name: string, labels: object): Promise<Answer<KubeObject>> =>
  client.patch(at(name), { metadata: { labels } });
const refusedFor = ({ status, message }: Answer<unknown>, reason: string): void => {
  assert.equal(status, 403, message);
  assert.match(message, new RegExp(`\\(${reason}\\)`));
};

/** What Domicile and API servers hear of the cluster is a moment behind. */
const untilAllowed = (ask: () => Promise<Answer<unknown>>): Promise<unknown> =>
  askUntil(ask, ({ ok }) => ok, { describe: "it is allowed" });
/** Asks, as a dry run, until the refusal is for this reason. */
const untilRefusedFor = (reason: string, ask: () => Promise<Answer<unknown>>): Promise<unknown> =>
  askUntil(ask, ({ status, message }) => status === 403 && message.includes(`(${reason})`), {
    describe: `it is refused for ${reason}`,
  });

test("P15 who may use a zone puts a namespace into it, and who may declassify takes it out: examples/roles.yaml", async () => {
  await must(stranger.create(namespaceOf("osaka-moves")));
  for (const client of [stranger, security]) refusedFor(await label(client, "osaka-moves", inZone), "UseNotGranted");
  await must(label(developer, "osaka-moves", inZone));
  await untilSealed(cluster, "osaka-moves", "osaka");
  for (const client of [stranger, developer])
    refusedFor(await label(client, "osaka-moves", outside), "DeclassifyNotGranted");
  refusedFor(
    await stranger.patch(at("osaka-moves"), { metadata: { labels: outside } }, { subresource: "status" }),
    "DeclassifyNotGranted",
  );
  await must(stranger.patch(at("osaka-moves"), { metadata: { annotations: { team: "any" } } }));
  await must(label(security, "osaka-moves", outside));
});

const claim = (name: string, namespace: string): Manifest => ({
  ...ref("v1", "PersistentVolumeClaim", name, namespace),
  spec: { accessModes: ["ReadWriteOnce"], storageClassName: "none", resources: { requests: { storage: "1Gi" } } },
});
const volume = (name: string, namespace: string): Manifest => ({
  ...ref("v1", "PersistentVolume", name),
  spec: {
    capacity: { storage: "1Gi" },
    accessModes: ["ReadWriteOnce"],
    storageClassName: "none",
    persistentVolumeReclaimPolicy: "Retain",
    claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: "gone", namespace, uid: "gone" },
    csi: { driver: "example.com", volumeHandle: name },
  },
});

const holders: Readonly<Record<string, { readonly thing: (namespace: string) => Manifest; readonly said: RegExp }>> = {
  pod: {
    thing: (namespace) => podOf("held", namespace, { nodeSelector: { no: "where" } }),
    said: /holds 1 pod \(held\)/,
  },
  claim: { thing: (namespace) => claim("held", namespace), said: /holds 1 claim \(held\)/ },
  volume: { thing: (namespace) => volume("osaka-held", namespace), said: /holds 1 volume \(osaka-held\)/ },
};

for (const [what, { thing, said }] of Object.entries(holders))
  test(`P15 a namespace leaves neither by its label nor through a subresource while a ${what} is there, and moves nowhere`, async () => {
    const { admin } = cluster;
    const name = `osaka-holds-${what}`;
    await joinZone(cluster, name, "osaka");
    const held = await must(admin.create(thing(name)));
    const leave = (subresource?: string): Promise<Answer<unknown>> =>
      admin.patch(at(name), { metadata: { labels: outside } }, subresource === undefined ? {} : { subresource });
    // The first answers may come before Domicile has heard of what holds it: nothing is written by them.
    await untilRefusedFor("NamespaceHoldsData", () =>
      admin.patch(at(name), { metadata: { labels: outside } }, { dryRun: true }),
    );
    for (const subresource of [undefined, "status"]) {
      const answer = await leave(subresource);
      refusedFor(answer, "NamespaceHoldsData");
      assert.match(answer.message, said);
    }
    refusedFor(await label(admin, name, { "domicile.dev/zone": "osaka-warned" }), "NamespaceHoldsData");
    await must(admin.delete(held, { gracePeriodSeconds: 0 }));
    await untilAllowed(() => leave());
  });

test("P15 a namespace that its zone names gets its label when it is made, whoever may use the zone makes it", async () => {
  refusedFor(await stranger.create(namespaceOf("osaka-named")), "UseNotGranted");
  refusedFor(
    await developer.create(namespaceOf("osaka-named", { "domicile.dev/zone": "osaka-warned" })),
    "NamespaceBelongs",
  );
  const made = await must(developer.create<KubeObject>(namespaceOf("osaka-named", { team: "any" })));
  assert.equal(made.metadata.labels?.["domicile.dev/zone"], "osaka");
  assert.equal(made.metadata.labels?.["team"], "any");
  await untilSealed(cluster, "osaka-named", "osaka");
  refusedFor(await label(security, "osaka-named", outside), "NamespaceBelongs");
});

test("P15 of two zones that name one namespace neither is accepted, and it cannot be made until one gives it up", async () => {
  for (const zone of ["osaka-a", "osaka-b"]) await applyZone(cluster, zone, { nodes, namespaces: ["osaka-shared"] });
  const told = { status: "False", reason: "NamespaceNamedTwice" };
  await untilCondition(cluster, "osaka-a", "Accepted", {
    ...told,
    message: /osaka-shared is named by zone osaka-b too/,
  });
  await untilCondition(cluster, "osaka-b", "Accepted", {
    ...told,
    message: /osaka-shared is named by zone osaka-a too/,
  });
  // API servers heed what is registered a moment after it is.
  const make = (): Promise<Answer<unknown>> => cluster.admin.create(namespaceOf("osaka-shared"), { dryRun: true });
  await untilRefusedFor("NamespaceNamedTwice", make);
  await applyZone(cluster, "osaka-b", { nodes });
  await untilCondition(cluster, "osaka-a", "Accepted", { status: "True" });
  await untilAllowed(make);
});

test("P15 a namespace that was there before its zone named it is told of, and labelled by nobody but a person", async () => {
  const { admin } = cluster;
  await must(admin.create(namespaceOf("osaka-before")));
  await applyZone(cluster, "osaka-later", { nodes, namespaces: ["osaka-before"] });
  await untilCondition(cluster, "osaka-later", "ResolvedRefs", {
    status: "False",
    reason: "NamespaceNotJoined",
    message: /Namespaces: osaka-before\./,
  });
  const { metadata } = await must(admin.get<KubeObject>(at("osaka-before")));
  assert.equal(metadata.labels?.["domicile.dev/zone"], undefined);
  await relabel(admin, "osaka-before", { "domicile.dev/zone": "osaka-later" });
  await untilCondition(cluster, "osaka-later", "ResolvedRefs", { status: "True" });
});

test("P15 a namespace that is deleted and made again without the label is in its zone all the same, where the zone names it", async () => {
  const { admin } = cluster;
  await applyZone(cluster, "osaka-keeps", { nodes, namespaces: ["osaka-kept"] });
  const make = (): Promise<Answer<KubeObject>> => admin.create<KubeObject>(namespaceOf("osaka-kept"));
  // Until API servers call for this name, native policy refuses what bears no label.
  await untilAllowed(() => admin.create(namespaceOf("osaka-kept"), { dryRun: true }));
  await untilAllowed(async () => {
    const made = await make();
    if (!made.ok || made.body.metadata.labels?.["domicile.dev/zone"] === "osaka-keeps") return made;
    await must(admin.delete(at("osaka-kept")));
    await admin.untilGone(at("osaka-kept"), { describe: "the namespace is gone" });
    return { ...made, ok: false, status: 409, message: "made before API servers heard of the zone" };
  });
  await must(admin.delete(at("osaka-kept")));
  await admin.untilGone(at("osaka-kept"), { describe: "the namespace is gone" });
  const again = await must(make());
  assert.equal(again.metadata.labels?.["domicile.dev/zone"], "osaka-keeps");
  await must(admin.get(zoneRef("osaka-keeps")));
});

test("P15 a pod that bears the zone's label in a namespace outside is let in as anywhere, and its namespace is told", async () => {
  const { admin } = cluster;
  await must(admin.create(namespaceOf("osaka-outside")));
  await admin.until(ref("v1", "ServiceAccount", "default", "osaka-outside"), () => true, {
    describe: "its service account is there",
  });
  const pretender = podOf("pretender", "osaka-outside");
  const made = await must(admin.create({ ...pretender, metadata: { ...pretender.metadata, labels: inZone } }));
  assert.equal(made.spec?.["nodeSelector"], undefined);
  assert.match(
    await untilEvent(cluster, "osaka-outside", "PodLabelledOutside"),
    /nothing holds or isolates them\. Zone osaka, 1 pod\. Label the namespace/,
  );
});
