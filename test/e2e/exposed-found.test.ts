import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { applyZone, makeNamespace, untilSealed, untilZone } from "./domicile.ts";

const nodes = { provider: "OCI", regions: ["us-phoenix-1"] };
const port = { protocol: "TCP", port: 443 };
const listed = [{ kind: "Ingress", namespaces: ["found-listed"], names: ["gateway"] }];
const gateway: Manifest = {
  ...ref("networking.k8s.io/v1", "Ingress", "gateway", "found-listed"),
  spec: { defaultBackend: { service: { name: "api", port: { number: 443 } } } },
};
const message = (zone: KubeObject): string => {
  const conditions = field(zone, "status.conditions");
  const found = Array.isArray(conditions)
    ? conditions.find((one) => field(one, "type") === "ExposureContained")
    : undefined;
  return String(field(found, "message"));
};
const untilNamed = (zone: string, ...names: readonly string[]): Promise<KubeObject> =>
  cluster.admin.until<KubeObject>(
    ref("domicile.dev/v1alpha1", "ResidencyZone", zone),
    (now) => condition(now, "ExposureContained") === "False" && names.every((name) => message(now).includes(name)),
    { describe: `zone ${zone} names ${names.join(" and ")}` },
  );

let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "found", { nodes, exposure: listed });
  await makeNamespace(cluster, "found-listed", { "domicile.dev/zone": "found" });
  await untilSealed(cluster, "found-listed", "found");
  await untilZone(cluster, "found", "ExposureContained", "True");
});
after(() => cluster.close());

test("E7 a zone that lists less names what still stands, tells of it by an event, and forgets it when it goes", async () => {
  await must(
    askUntil(
      () => cluster.admin.create(gateway),
      ({ ok }) => ok,
      { describe: "the Ingress is let in, for its zone lists it" },
    ),
  );
  await applyZone(cluster, "found", { nodes });
  const zone = await untilNamed("found", "found-listed/gateway");
  assert.match(message(zone), /Objects: 1\. Ingress found-listed\/gateway: kind is Ingress, and spec\.exposure/);
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (events) =>
      events.some((event) => field(event, "regarding.name") === "gateway" && event["reason"] === "ExposureNotListed"),
    { namespace: "found-listed", describe: "an event tells of the Ingress" },
  );
  await must(cluster.admin.patch(gateway, { metadata: { labels: { team: "a" } } }));
  await must(cluster.admin.delete(gateway));
  await untilZone(cluster, "found", "ExposureContained", "True");
});

test("E7 what stood in a namespace before it joined is named", async () => {
  await applyZone(cluster, "found-late", { nodes });
  await makeNamespace(cluster, "found-late", {});
  const service = { ...ref("v1", "Service", "opened", "found-late"), spec: { type: "NodePort", ports: [port] } };
  await must(cluster.admin.create({ ...service, spec: { ...service.spec, selector: { app: "api" } } }));
  await must(
    cluster.admin.create({
      ...ref("discovery.k8s.io/v1", "EndpointSlice", "abroad", "found-late"),
      addressType: "IPv4",
      endpoints: [{ addresses: ["198.51.100.7"] }],
      ports: [port],
    }),
  );
  await untilZone(cluster, "found-late", "ExposureContained", "True");
  const joining = { metadata: { labels: { "domicile.dev/zone": "found-late" } } };
  await must(cluster.admin.patch(ref("v1", "Namespace", "found-late"), joining));
  const zone = await untilNamed("found-late", "Service found-late/opened", "EndpointSlice found-late/abroad");
  assert.match(message(zone), /Objects: 2\. /);
});
