import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { addNode } from "../cluster/nodes.ts";
import { field, ref, type KubeObject } from "../cluster/objects.ts";
import { applyZone, makeNamespace, untilLetIn, untilSealed, untilZone } from "./domicile.ts";

const region = "eu-amsterdam-1";
const nodes = { provider: "OCI", regions: [region] };
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "warned", { enforcement: "Warn", nodes });
  await applyZone(cluster, "audited", { enforcement: "Audit", nodes });
  await addNode(cluster, { name: "modes-amsterdam-1", region });
});
after(() => cluster.close());

const joined = async (namespace: string, zone: string): Promise<void> => {
  await makeNamespace(cluster, namespace, { "domicile.dev/zone": zone });
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", namespace), () => true, {
    describe: `${namespace} has its service account`,
  });
  await cluster.admin.until(
    ref("domicile.dev/v1alpha1", "ResidencyZone", zone),
    (now) => Number(field(now, "status.namespaces")) > 0,
    {
      describe: `zone ${zone} counts the namespace`,
    },
  );
  await untilLetIn(cluster, namespace);
};
const abroad = (namespace: string): KubeObject =>
  ({
    ...ref("v1", "Pod", "abroad", namespace),
    spec: { nodeSelector: { "topology.kubernetes.io/region": "uk-london-1" }, containers: [{ name: "m", image: "i" }] },
  }) as KubeObject;

test("Warn judges and labels nodes, changes and refuses nothing, writes nothing, and tells the user", async () => {
  await joined("modes-warned", "warned");
  const node = await cluster.admin.until<KubeObject>(
    ref("v1", "Node", "modes-amsterdam-1"),
    ({ metadata }) => metadata.labels?.["domicile.dev.node-restriction.kubernetes.io/warned"] === "verified",
    { describe: "the node is labelled for the Warn zone" },
  );
  assert.ok(node);
  // An API server takes a second to heed what is registered, and each replica hears of the namespace by itself.
  await askUntil(
    () => cluster.admin.create(abroad("modes-warned"), { dryRun: true }),
    ({ warnings }) => warnings.length > 0,
    { describe: "pods of the zone are judged" },
  );
  const { stderr, code } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify(abroad("modes-warned")),
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Warning: zone warned: spec\.nodeSelector/);
  const pod = await must(cluster.admin.get<KubeObject>(abroad("modes-warned")));
  assert.deepEqual(field(pod, "spec.nodeSelector"), { "topology.kubernetes.io/region": "uk-london-1" });
  const policies = await must(
    cluster.admin.list({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" }, { namespace: "modes-warned" }),
  );
  assert.deepEqual(policies.items, []);
  const { metadata } = await must(cluster.admin.get(ref("v1", "Namespace", "modes-warned")));
  assert.equal(metadata.labels?.["domicile.dev/sealed"], undefined);
});

test("Audit says nothing to the user, and counts", async () => {
  await joined("modes-audited", "audited");
  const { stderr, code } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify(abroad("modes-audited")),
  });
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /Warning: zone/);
  let made = 0;
  // The first pods may come before an API server heeds that the zone's are judged.
  await askUntil(
    async () => {
      const pod = {
        ...abroad("modes-audited"),
        metadata: { name: `abroad-${(made += 1)}`, namespace: "modes-audited" },
      };
      assert.deepEqual((await cluster.admin.create(pod)).warnings, []);
      return must(
        cluster.admin.list<KubeObject>({ apiVersion: "events.k8s.io/v1", kind: "Event" }, { namespace: "default" }),
      );
    },
    ({ items }) =>
      items.some(
        (event) => field(event, "regarding.name") === "modes-audited" && event["reason"] === "NodeSelectorOutsideZone",
      ),
    { describe: "an event tells of what was not refused" },
  );
  await untilZone(cluster, "audited", "Enforced", "False");
});

test("a zone that goes from Warn to Enforce seals its namespaces", async () => {
  await applyZone(cluster, "rising", { enforcement: "Warn", nodes });
  await joined("modes-rising", "rising");
  await applyZone(cluster, "rising", { enforcement: "Enforce", nodes });
  await untilSealed(cluster, "modes-rising", "rising");
});
