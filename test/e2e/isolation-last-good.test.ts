import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { untilStatus } from "../native/guards.ts";
import { applyZone, home, joinZone } from "./domicile.ts";
import { beginHistory } from "./history.ts";
import { policiesPath, policy, readSpecs, storedPolicies, untilSpecs, untilSpecsAre } from "./policies.ts";
import { applyCluster, clusterRef, untilCondition, zoneRef } from "./resources.ts";

const nodes = { provider: "OCI", regions: ["uk-london-1"] };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
});
after(() => cluster.close());

type Broken = {
  /** The third number of this case's networks, so that cases do not overlap. */
  readonly net: number;
  readonly spoil: (zone: string, net: string) => Promise<unknown>;
  readonly mend: (zone: string, net: string) => Promise<unknown>;
  readonly condition: "ResolvedRefs" | "Accepted";
  readonly reason: string;
  readonly message: (zone: string, net: string) => RegExp;
};

const approve = (zone: string, ...clusters: readonly string[]): Promise<unknown> =>
  applyZone(cluster, zone, { nodes, egress: { clusters: clusters.map((name) => ({ name })) } });
const remove = (name: string): Promise<unknown> => must(cluster.admin.delete(clusterRef(name)));

const nodeRef = (name: string) => ref("v1", "Node", name);

const cases: Readonly<Record<string, Broken>> = {
  "a cluster that nobody approved overlaps an approved one": {
    net: 12,
    spoil: (zone, net) => applyCluster(cluster, `${zone}-near`, [`${net}.64/26`]),
    mend: (zone) => remove(`${zone}-near`),
    condition: "ResolvedRefs",
    reason: "NetworksOverlap",
    message: (zone, net) =>
      new RegExp(
        `network gateway of RemoteCluster ${zone}-far overlaps network gateway of RemoteCluster ${zone}-near, which the zone does not approve, in ${net}\\.64/26`,
      ),
  },
  "a node gets pods where a network is approved": {
    net: 13,
    spoil: (zone, net) => must(cluster.admin.create({ ...nodeRef(zone), spec: { podCIDRs: [`${net}.64/26`] } })),
    mend: (zone) => must(cluster.admin.delete(nodeRef(zone))),
    condition: "ResolvedRefs",
    reason: "OwnNetworksOverlap",
    message: (zone, net) =>
      new RegExp(
        `network gateway of RemoteCluster ${zone}-far overlaps this cluster's own pods of node ${zone} in ${net}\\.64/26`,
      ),
  },
  "a region of another realm is named": {
    net: 14,
    spoil: (zone) => applyZone(cluster, zone, { nodes: { provider: "OCI", regions: ["us-ashburn-2"] } }),
    mend: (zone) => approve(zone, `${zone}-far`),
    condition: "Accepted",
    reason: "Invalid",
    message: () => /spec\.nodes\.regions\[0\]: us-ashburn-2 is in realm oc42, and the zone's realm is oc1/,
  },
};

for (const [sentence, broken] of Object.entries(cases))
  test(`${sentence}: the last good policies stay, and the zone says why`, async (t) => {
    const zone = `good-${broken.net}`;
    const net = `45.6.${broken.net}`;
    await applyCluster(cluster, `${zone}-far`, [`${net}.0/25`]);
    await approve(zone, `${zone}-far`);
    await joinZone(cluster, zone, zone);
    const before = await storedPolicies(cluster, zone);
    assert.ok(JSON.stringify(before).includes(`${net}.0/25`));
    const history = await beginHistory(t, cluster, [policiesPath(zone)]);

    await broken.spoil(zone, net);
    const { reason } = await untilCondition(cluster, zone, broken.condition, {
      status: "False",
      message: broken.message(zone, net),
    });
    assert.equal(reason, broken.reason);
    await untilCondition(cluster, zone, "Isolated", { status: "True", reason: "LastGoodKept" });
    await untilCondition(cluster, zone, "Ready", { status: "False", reason: "NotReady" });
    assert.deepEqual(await storedPolicies(cluster, zone), before);

    await broken.mend(zone, net);
    await untilCondition(cluster, zone, broken.condition, { status: "True" });
    await untilCondition(cluster, zone, "Isolated", { status: "True", reason: "Isolated" });
    assert.deepEqual(await storedPolicies(cluster, zone), before);
    assert.deepEqual(history.changes(), []);

    // That nothing was written is only worth something when the next good change is.
    await applyCluster(cluster, `${zone}-far`, [`${net}.0/24`]);
    await untilSpecs(cluster, zone, (now) => JSON.stringify(now).includes(`${net}.0/24`), "the good change is written");
    await history.until(({ type }) => type === "MODIFIED", "the good change is history");
  });

test("E11 an approved cluster that is deleted is closed, the rest stays, and whoever grows it needs approve", async () => {
  const zone = "good-less";
  for (const [name, cidr] of Object.entries({ far: "45.6.40.0/25", near: "45.6.41.0/25" }))
    await applyCluster(cluster, `${zone}-${name}`, [cidr]);
  await approve(zone, `${zone}-far`, `${zone}-near`);
  await joinZone(cluster, zone, zone);
  const holds = (cidr: string) => (now: unknown) => JSON.stringify(now).includes(cidr);
  await untilSpecs(cluster, zone, holds("45.6.40.0/25"), "the cluster is open");

  await must(cluster.admin.create(clusterWriters));
  await must(cluster.admin.create(bindingOf("good-writers", "wim")));
  const writer = await cluster.as({ user: "wim", groups: [] });
  const networks = (cidr: string) => ({
    spec: { networks: [{ name: "gateway", cidrs: [cidr], ports: [{ port: 443 }] }] },
  });
  const change = (cidr: string, dryRun = false) =>
    writer.patch(clusterRef(`${zone}-far`), networks(cidr), { type: "merge", dryRun });
  // As a dry run: what is let through before the policy is heeded must not have grown it.
  await untilStatus(403, () => change("45.6.40.0/24", true));
  const refused = await change("45.6.40.0/24");
  assert.match(refused.message, /zone good-less: RemoteCluster good-less-far grows in network gateway by wim/);
  await must(change("45.6.40.0/26"));
  await untilSpecs(cluster, zone, holds("45.6.40.0/26"), "it shrank");

  await must(writer.delete(clusterRef(`${zone}-far`)));
  await untilSpecs(cluster, zone, (now) => !holds("45.6.40.0")(now) && holds("45.6.41.0/25")(now), "it is closed");
  await untilCondition(cluster, zone, "ResolvedRefs", {
    status: "False",
    reason: "ClusterNotFound",
    message: /clusters\[0\]\.name: RemoteCluster good-less-far does not exist: did you mean good-less-near\?/,
  });
  await untilCondition(cluster, zone, "Isolated", { status: "True", reason: "Isolated" });
});

test("E6 an approval that overlaps the cluster's own, or another cluster, is refused with both names", async () => {
  const zone = "good-apart";
  await applyCluster(cluster, `${zone}-far`, ["45.6.50.0/25"]);
  await applyCluster(cluster, `${zone}-near`, ["45.6.51.0/24"]);
  await approve(zone, `${zone}-far`);
  await untilCondition(cluster, zone, "ResolvedRefs", { status: "True" });
  const opening = (cidr: string) => ({
    spec: { egress: { networks: [{ name: "wide", cidrs: [cidr], ports: [{ port: 443 }] }] } },
  });
  const cases = {
    "10.0.0.0/8": /zone good-apart: .*network wide overlaps this cluster's own services \(ServiceCIDR kubernetes\)/,
    "45.6.51.128/25":
      /network wide overlaps network gateway of RemoteCluster good-apart-near, which the zone does not approve, in 45\.6\.51\.128\/25/,
  };
  for (const [cidr, says] of Object.entries(cases)) {
    const refused = await cluster.admin.patch(zoneRef(zone), opening(cidr), { type: "merge" });
    assert.equal(refused.status, 403, refused.message);
    assert.match(refused.message, says);
  }
  const grown = { spec: { networks: [{ name: "gateway", cidrs: ["45.6.50.0/23"], ports: [{ port: 443 }] }] } };
  const refused = await cluster.admin.patch(clusterRef(`${zone}-far`), grown, { type: "merge" });
  assert.equal(refused.status, 403, refused.message);
  assert.match(
    refused.message,
    /RemoteCluster good-apart-far overlaps network gateway of RemoteCluster good-apart-near/,
  );
});

const rbac = "rbac.authorization.k8s.io";
const clusterWriters: Manifest = {
  ...ref(`${rbac}/v1`, "ClusterRole", "good-writers"),
  rules: [{ apiGroups: ["domicile.dev"], resources: ["remoteclusters"], verbs: ["get", "create", "patch", "delete"] }],
};
const bindingOf = (role: string, user: string): Manifest => ({
  ...ref(`${rbac}/v1`, "ClusterRoleBinding", role),
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: role },
  subjects: [{ apiGroup: rbac, kind: "User", name: user }],
});

test("while a zone cannot be compiled, its last good policies are still put back", async () => {
  const zone = "good-held";
  await applyCluster(cluster, `${zone}-far`, ["45.6.30.0/25"]);
  await approve(zone, `${zone}-far`);
  await joinZone(cluster, zone, zone);
  const good = await readSpecs(cluster, zone);
  await must(cluster.admin.patch(clusterRef(`${zone}-far`), { spec: { region: "us-gotham-1" } }, { type: "merge" }));
  await untilCondition(cluster, zone, "Isolated", { status: "True", reason: "LastGoodKept" });
  // Native policy lets only Domicile's own account through: here it stands for whoever got hold of it.
  const thief = await cluster.asServiceAccount(home, "domicile");
  for (const name of ["domicile-isolate", "domicile-allow"]) {
    await must(thief.patch(policy(name, zone), { spec: { egress: [{}] } }, { fieldManager: "somebody" }));
    await untilSpecsAre(cluster, zone, good);
    await must(thief.delete(policy(name, zone)));
    await untilSpecsAre(cluster, zone, good);
  }
});
