import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { field, ref } from "../cluster/objects.ts";
import { applyZone, joinZone } from "./domicile.ts";
import { allowing, isolating, opens, readSpecs, untilSpecs, untilSpecsAre } from "./policies.ts";
import { applyCluster } from "./resources.ts";

const nodes = { provider: "OCI", regions: ["uk-london-1"] };
const zone = "london";
const at = "london-policies";
const https = [{ protocol: "TCP", port: 443 }];
let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyCluster(cluster, "london-approved", ["45.2.0.0/24", "2001:db8:45::/48"]);
  await applyCluster(cluster, "london-other", ["45.3.0.0/24"]);
  await applyZone(cluster, zone, { nodes });
  await joinZone(cluster, at, zone);
});
after(() => cluster.close());

test("a joined namespace has one policy that isolates and one that allows DNS and the zone", async () => {
  assert.deepEqual(await readSpecs(cluster, at), {
    "domicile-isolate": isolating,
    "domicile-allow": allowing(zone),
  });
});

test("approving a cluster opens its networks on its ports, taking the approval back closes them", async () => {
  await applyZone(cluster, zone, { nodes, egress: { clusters: [{ name: "london-approved" }] } });
  await untilSpecsAre(cluster, at, {
    "domicile-isolate": isolating,
    "domicile-allow": allowing(zone, opens(["45.2.0.0/24", "2001:db8:45::/48"], https)),
  });
  await applyZone(cluster, zone, { nodes });
  await untilSpecsAre(cluster, at, { "domicile-isolate": isolating, "domicile-allow": allowing(zone) });
});

test("an approved cluster that grows takes the policy along", async () => {
  await applyZone(cluster, "london-grows", { nodes, egress: { clusters: [{ name: "london-growing" }] } });
  await applyCluster(cluster, "london-growing", ["45.4.0.0/24"]);
  await joinZone(cluster, "london-grown", "london-grows");
  await applyCluster(cluster, "london-growing", ["45.4.0.0/24", "45.4.1.0/24", "45.5.0.0/24"]);
  await untilSpecsAre(cluster, "london-grown", {
    "domicile-isolate": isolating,
    "domicile-allow": allowing("london-grows", opens(["45.4.0.0/23", "45.5.0.0/24"], https)),
  });
});

test("apiServer Allow opens the addresses of the API server's EndpointSlice and its Service, and nothing else", async () => {
  const { admin } = cluster;
  await applyZone(cluster, "london-api", { nodes, egress: { apiServer: "Allow" } });
  await joinZone(cluster, "london-api", "london-api");
  const { body } = await admin.list(
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" },
    { namespace: "default" },
  );
  const slice = body.items.find(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === "kubernetes");
  const service = await must(admin.get(ref("v1", "Service", "kubernetes", "default")));
  const endpoint = String(field(slice, "endpoints.0.addresses.0"));
  const port = Number(field(slice, "ports.0.port"));
  const clusterIP = String(field(service, "spec.clusterIP"));
  const servicePort = Number(field(service, "spec.ports.0.port"));
  const rule = (ip: string, number: number) => opens([`${ip}/32`], [{ protocol: "TCP", port: number }]);
  const rules = [rule(endpoint, port), rule(clusterIP, servicePort)];
  assert.notEqual(port, servicePort);
  assert.deepEqual(await readSpecs(cluster, "london-api"), {
    "domicile-isolate": isolating,
    "domicile-allow": allowing("london-api", ...(port < servicePort ? rules : rules.toReversed())),
  });
});

test("a zone of many networks is split over several policies, which shrink back to one", async () => {
  const wide = "london-wide";
  // Every other address, so that nothing can be merged.
  const blocks = (index: number): readonly string[] =>
    Array.from({ length: 256 }, (_, at) => `46.1.${index * 2 + (at >> 7)}.${(at & 127) * 2}/32`);
  const networks = Array.from({ length: 24 }, (_, index) => ({
    name: `n${index}`,
    cidrs: blocks(index),
    ports: [{ port: 443 }],
  }));
  await applyZone(cluster, wide, { nodes, egress: { networks } });
  await joinZone(cluster, wide, wide);
  const specs = await readSpecs(cluster, wide);
  assert.deepEqual(Object.keys(specs).toSorted(), ["domicile-allow", "domicile-allow-2", "domicile-isolate"]);
  const opened = Object.entries(specs).map(([, spec]) => JSON.stringify(spec).match(/46\.1\.\d+\.\d+\/32/g) ?? []);
  for (const part of opened) assert.ok(part.length <= 5_000);
  assert.deepEqual(opened.flat().toSorted(), networks.flatMap(({ cidrs }) => cidrs).toSorted());

  await applyZone(cluster, wide, { nodes, egress: { networks: networks.slice(0, 1) } });
  const shrunk = await untilSpecs(
    cluster,
    wide,
    (now) => Object.keys(now).length === 2 && !JSON.stringify(now).includes("46.1.2."),
    "one policy allows what is left",
  );
  assert.deepEqual(Object.keys(shrunk).toSorted(), ["domicile-allow", "domicile-isolate"]);
});

test("ingress that is Open is written once, and egress stays isolated", async () => {
  await applyZone(cluster, "london-open", { nodes, ingress: { isolation: "Open" } });
  await joinZone(cluster, "london-open", "london-open");
  const specs = await readSpecs(cluster, "london-open");
  assert.deepEqual(specs["domicile-isolate"], isolating);
  assert.deepEqual(specs["domicile-allow"], { ...allowing("london-open"), ingress: [{}] });
});
