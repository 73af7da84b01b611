import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { instanceOcid, type NodeShape } from "../cluster/oracle.ts";
import { applyZone, home } from "./domicile.ts";

const zone = "salt";
const label = `domicile.dev.node-restriction.kubernetes.io/${zone}`;
const region = "us-saltlake-2";
// No zone of any file has it: a node that is some zone's is told nothing by the others.
const abroad = "sa-saopaulo-1";
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, zone, { nodes: { provider: "OCI", regions: [region] } });
});
after(() => cluster.close());

const node = (name: string) => ref("v1", "Node", name);
const untilLabel = (name: string, value: string | undefined): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(node(name), ({ metadata }) => metadata.labels?.[label] === value, {
    describe: `node ${name} has ${label}=${value ?? "nothing"}`,
  });

/** Resolves when an event of a node about this file's zone has this reason, and gives its note. */
const untilEvent = async (name: string, reason: string): Promise<string> => {
  const isMeant = (event: KubeObject): boolean =>
    field(event, "regarding.name") === name &&
    event["reason"] === reason &&
    String(event["note"]).includes(`Zone ${zone}:`);
  const events = await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (seen) => seen.some(isMeant),
    { namespace: "default", describe: `an event of node ${name} says ${reason}` },
  );
  return String(events.find(isMeant)?.["note"]);
};

test("a node of the zone's region is verified, labelled and told of", async () => {
  await addNode(cluster, { name: "salt-1", region });
  await untilLabel("salt-1", "verified");
  assert.match(
    await untilEvent("salt-1", "EvidenceConsistent"),
    /Zone salt: Verified; providerID says ocid1\.instance/,
  );
});

const liars: Readonly<Record<string, readonly [NodeShape, string]>> = {
  "a node abroad is not labelled": [{ name: "salt-abroad", region: abroad }, "RegionOutsideZone"],
  "a Frankfurt machine with the zone's labels is rejected (P7)": [
    { name: "salt-liar", region, providerID: instanceOcid("eu-frankfurt-1", "salt-liar") },
    "RegionOutsideZone",
  ],
  "a beta label that contradicts is seen (P7)": [
    { name: "salt-beta", region, labels: { "failure-domain.beta.kubernetes.io/region": "eu-frankfurt-1" } },
    "LabelContradictsProvider",
  ],
  "a machine of another provider is rejected": [
    { name: "salt-aws", region, providerID: "aws:///us-west-2a/i-0abc" },
    "ProviderNotOracle",
  ],
  "a node without a providerID is unknown": [{ name: "salt-bare", region, providerID: null }, "ProviderIDMissing"],
  "a virtual node is rejected (P10)": [
    { name: "salt-virtual", region, providerID: "ocid1.virtualnode.oc1.us-saltlake-2.anuwcljrvirtual" },
    "VirtualNode",
  ],
};

for (const [sentence, [shape, reason]] of Object.entries(liars))
  test(sentence, async () => {
    await addNode(cluster, shape);
    assert.match(await untilEvent(shape.name, reason), /^.+ Zone salt: (Rejected|Unknown); .+/);
    const { metadata } = await must(cluster.admin.get(node(shape.name)));
    assert.equal(metadata.labels?.[label], undefined);
  });

test("of two nodes that claim one machine the newcomer is rejected and the older keeps its label (P7)", async () => {
  const providerID = instanceOcid(region, "salt-twin");
  await addNode(cluster, { name: "salt-twin-a", region, providerID });
  await untilLabel("salt-twin-a", "verified");
  await addNode(cluster, { name: "salt-twin-b", region, providerID: `oci://${providerID}` });
  await untilEvent("salt-twin-b", "ProviderIDDuplicated");
  const { metadata } = await must(cluster.admin.get(node("salt-twin-a")));
  assert.equal(metadata.labels?.[label], "verified");
});

test("a node that turns bad loses the label, and gets it back when it is mended (P8)", async () => {
  await addNode(cluster, { name: "salt-turn", region });
  await untilLabel("salt-turn", "verified");
  const relabel = (value: string): Promise<KubeObject> =>
    must(cluster.admin.patch(node("salt-turn"), { metadata: { labels: { "topology.kubernetes.io/zone": value } } }));
  await relabel("EU-FRANKFURT-1-AD-1");
  await untilLabel("salt-turn", undefined);
  await untilEvent("salt-turn", "LabelContradictsProvider");
  await relabel(`${region.toUpperCase()}-AD-1`);
  await untilLabel("salt-turn", "verified");
});

test("a label that another manager applied too is taken away all the same (P21)", async () => {
  await addNode(cluster, { name: "salt-owned", region });
  await untilLabel("salt-owned", "verified");
  // Native policy lets only Domicile's own account through: here it stands for whoever got hold of it.
  const domicile = await cluster.asServiceAccount(home, "domicile");
  await must(
    domicile.apply(
      { ...node("salt-owned"), metadata: { name: "salt-owned", labels: { [label]: "verified" } } },
      { fieldManager: "somebody-else", force: true },
    ),
  );
  await must(
    cluster.admin.patch(node("salt-owned"), {
      metadata: { labels: { "topology.kubernetes.io/zone": "EU-FRANKFURT-1-AD-1" } },
    }),
  );
  await untilLabel("salt-owned", undefined);
});

test("a label that is forged while nobody looks is taken away (P21)", async () => {
  await addNode(cluster, { name: "salt-forged", region: "eu-frankfurt-1" });
  const domicile = await cluster.asServiceAccount(home, "domicile");
  await must(domicile.patch(node("salt-forged"), { metadata: { labels: { [label]: "verified" } } }));
  await untilLabel("salt-forged", undefined);
});

test("a node that is deleted and comes back under its name is judged anew (P7)", async () => {
  await addNode(cluster, { name: "salt-again", region });
  await untilLabel("salt-again", "verified");
  await must(cluster.admin.delete(node("salt-again")));
  await cluster.admin.untilGone(node("salt-again"), { describe: "node salt-again is gone" });
  await addNode(cluster, { name: "salt-again", region: abroad });
  await untilEvent("salt-again", "RegionOutsideZone");
  const { metadata } = await must(cluster.admin.get(node("salt-again")));
  assert.equal(metadata.labels?.[label], undefined);
});
