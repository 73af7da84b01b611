import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { applyZone, home, joinZone } from "./domicile.ts";
import { beginHistory } from "./history.ts";
import { policiesPath, policy, readSpecs, storedPolicies, untilSpecs, untilSpecsAre } from "./policies.ts";
import { applyCluster, clusterRef, untilCondition } from "./resources.ts";

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

const cases: Readonly<Record<string, Broken>> = {
  "a cluster that does not exist is approved": {
    net: 10,
    spoil: (zone) => approve(zone, `${zone}-far`, `${zone}-fat`),
    mend: (zone) => approve(zone, `${zone}-far`),
    condition: "ResolvedRefs",
    reason: "ClusterNotFound",
    message: (zone) =>
      new RegExp(`clusters\\[1\\]\\.name: RemoteCluster ${zone}-fat does not exist: did you mean ${zone}-far\\?`),
  },
  "an approved cluster is deleted": {
    net: 11,
    spoil: (zone) => remove(`${zone}-far`),
    mend: (zone, net) => applyCluster(cluster, `${zone}-far`, [`${net}.0/25`]),
    condition: "ResolvedRefs",
    reason: "ClusterNotFound",
    message: (zone) => new RegExp(`clusters\\[0\\]\\.name: RemoteCluster ${zone}-far does not exist`),
  },
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
  "a network of the cluster's own services is approved": {
    net: 13,
    spoil: (zone) =>
      applyZone(cluster, zone, {
        nodes,
        egress: {
          clusters: [{ name: `${zone}-far` }],
          networks: [{ name: "all", cidrs: ["10.0.0.0/8"], ports: [{ port: 443 }] }],
        },
      }),
    mend: (zone) => approve(zone, `${zone}-far`),
    condition: "ResolvedRefs",
    reason: "OwnNetworksOverlap",
    message: () =>
      /spec\.egress\.networks\[0\]\.cidrs: network all overlaps this cluster's own services \(ServiceCIDR kubernetes\)/,
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

test("while a zone cannot be compiled, its last good policies are still put back", async () => {
  const zone = "good-held";
  await applyCluster(cluster, `${zone}-far`, ["45.6.30.0/25"]);
  await approve(zone, `${zone}-far`);
  await joinZone(cluster, zone, zone);
  const good = await readSpecs(cluster, zone);
  await approve(zone, `${zone}-far`, `${zone}-missing`);
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
