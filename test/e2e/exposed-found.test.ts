import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { applyZone, joinZone, makeNamespace, untilZone } from "./domicile.ts";

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

/** A definition of another project's kind, as far as it matters here. */
const definition = (group: string, version: string, plural: string, kind: string): Manifest => {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const named = ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", `${plural}.${group}`);
  return {
    ...named,
    metadata: { ...named.metadata, annotations: { "api-approved.kubernetes.io": "unapproved, a stand-in for tests" } },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: anything } }],
    },
  };
};
const definitions = [
  definition("gateway.networking.k8s.io", "v1beta1", "referencegrants", "ReferenceGrant"),
  definition("multicluster.x-k8s.io", "v1alpha1", "serviceexports", "ServiceExport"),
];
const grant = (namespace: string, from: string): Manifest => ({
  ...ref("gateway.networking.k8s.io/v1beta1", "ReferenceGrant", "granted", namespace),
  spec: {
    from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: from }],
    to: [{ group: "", kind: "Service" }],
  },
});
const exported = (namespace: string): Manifest =>
  ref("multicluster.x-k8s.io/v1alpha1", "ServiceExport", "exported", namespace);

let cluster: Cluster;

before(async () => {
  cluster = await connect();
  for (const one of definitions) {
    await must(cluster.admin.create(one));
    await cluster.admin.until<KubeObject>(one, (now) => condition(now, "Established") === "True", {
      describe: `${one.metadata.name} is served`,
    });
  }
  await applyZone(cluster, "found", { nodes, exposure: listed });
  await joinZone(cluster, "found-listed", "found");
  await untilZone(cluster, "found", "ExposureContained", "True");
});
after(async () => {
  for (const one of definitions) {
    await cluster.admin.delete(one);
    await cluster.admin.untilGone(one, { describe: `${one.metadata.name} is gone` });
  }
  await cluster.close();
});

const refused: Readonly<Record<string, readonly [Manifest, RegExp]>> = {
  "an export to other clusters": [exported("found-listed"), /kind is ServiceExport.*\(ExposureNotListed\)/],
  "a grant to a namespace outside": [
    grant("found-listed", "default"),
    /spec\.from\[0\]\.namespace is "default".*\(ExposureNotListed\)/,
  ],
};
for (const [what, [object, says]] of Object.entries(refused))
  test(`E7 of kinds that a cluster got later is refused what a zone does not list: ${what}`, async () => {
    const { status, message: said } = await cluster.admin.create(object);
    assert.equal(status, 403, said);
    assert.match(said, says);
  });

test("a grant within the zone passes", async () => {
  await must(cluster.admin.create(grant("found-listed", "found-listed")));
});

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
  await must(cluster.admin.create(exported("found-late")));
  await must(cluster.admin.create(grant("found-late", "default")));
  await untilZone(cluster, "found-late", "ExposureContained", "True");
  const joining = { metadata: { labels: { "domicile.dev/zone": "found-late" } } };
  await must(cluster.admin.patch(ref("v1", "Namespace", "found-late"), joining));
  const zone = await untilNamed(
    "found-late",
    "Service found-late/opened",
    "EndpointSlice found-late/abroad",
    "ReferenceGrant found-late/granted",
    "ServiceExport found-late/exported",
  );
  assert.match(message(zone), /Objects: 4\. /);
});
