import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { exposurePolicy } from "../../src/native/exposure.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { untilStatus } from "./guards.ts";
import { policyObjects } from "./policy-objects.ts";

const namespaces: Readonly<Record<string, string | undefined>> = {
  "expose-us": "us",
  "expose-listing": "listing",
  "expose-warned": "warned",
  "expose-exempt": "us",
  "expose-outside": undefined,
};
const all = ["ExternalName", "ExternalIPs", "WithoutSelector", "LoadBalancer", "NodePort"];
const input = {
  zones: undefined,
  named: [],
  lenient: ["warned"],
  gone: [],
  schedulers: {},
  exempt: ["expose-exempt", "kube-system"],
  exclusive: [],
  open: [],
  approvals: [],
  exposing: Object.fromEntries([...all.map((type) => `Service ${type}`), "Ingress"].map((what) => [what, ["listing"]])),
};
const objects = policyObjects([exposurePolicy(input)]);

let cluster: Cluster;

const port = { protocol: "TCP", port: 443 };
const service = (spec: object, annotations: object = {}): Manifest =>
  ({
    ...ref("v1", "Service", "theirs"),
    metadata: { name: "theirs", annotations },
    spec: { selector: { app: "api" }, ports: [port], ...spec },
  }) as Manifest;
const nodesOf = (zone: string): object =>
  Object.fromEntries(
    ["oci.oraclecloud.com", "oci-network-load-balancer.oraclecloud.com"].map((prefix) => [
      `${prefix}/node-label-selector`,
      `domicile.dev.node-restriction.kubernetes.io/${zone}=verified,lbset=a`,
    ]),
  );
const backend = { service: { name: "api", port: { number: 443 } } };
const ingress = { ...ref("networking.k8s.io/v1", "Ingress", "theirs"), spec: { defaultBackend: backend } } as Manifest;
const within = (object: Manifest, namespace: string): Manifest => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});
const create = (object: Manifest, namespace: string) =>
  cluster.admin.create(within(object, namespace), { dryRun: true });

before(async () => {
  cluster = await connect();
  for (const [name, zone] of Object.entries(namespaces))
    await must(
      cluster.admin.create({
        ...ref("v1", "Namespace", name),
        metadata: { name, labels: zone === undefined ? {} : { "domicile.dev/zone": zone } },
      } as Manifest),
    );
  // What was there before the policy.
  await must(cluster.admin.create(within(service({ type: "NodePort" }), "expose-us")));
  for (const object of objects) await must(cluster.admin.create(object));
  const probe = { ...service({ type: "NodePort" }), metadata: { name: "probe" } };
  await untilStatus(403, () => create(probe, "expose-us"));
});

after(async () => {
  for (const object of objects) await cluster.admin.delete(object);
  for (const name of Object.keys(namespaces)) await cluster.admin.delete(ref("v1", "Namespace", name));
  await cluster.close();
});

const named = (object: Manifest): Manifest => ({ ...object, metadata: { ...object.metadata, name: "another" } });

const leading: Readonly<Record<string, readonly [object: Manifest, field: string]>> = {
  "a name outside": [
    service({ type: "ExternalName", externalName: "example.com", selector: null, ports: null }),
    "spec.type",
  ],
  "addresses of its author's choice": [service({ externalIPs: ["198.51.100.7"] }), "spec.externalIPs"],
  "no selector": [service({ selector: null }), "spec.selector"],
  "a balancer": [service({ type: "LoadBalancer" }, nodesOf("listing")), "spec.type"],
  "a node port": [service({ type: "NodePort" }), "spec.type"],
  "an Ingress": [ingress, "kind"],
};
for (const [what, [object, field]] of Object.entries(leading))
  test(`E7 with Domicile away a zone that lists nothing of the kind refuses it, and one that does lets it in: ${what}`, async () => {
    const { status, message } = await create(named(object), "expose-us");
    assert.equal(status, 403, message);
    assert.ok(message.includes(`zone us: ${field} `) && message.includes("(ExposureNotListed)"), message);
    await must(create(named(object), "expose-listing"));
    for (const namespace of ["expose-warned", "expose-exempt", "expose-outside"])
      await must(create(named(object), namespace));
  });

test("a plain Service passes", async () => {
  await must(create(named(service({})), "expose-us"));
  await must(create(named(service({ clusterIP: "None" })), "expose-us"));
});

for (const [what, annotations] of Object.entries({
  "left out": {},
  "those of another zone": nodesOf("us"),
  "those of a zone whose name only begins so": nodesOf("listing-2"),
}))
  test(`E7 with Domicile away a balancer's nodes are its zone's: ${what}`, async () => {
    const { status, message } = await create(named(service({ type: "LoadBalancer" }, annotations)), "expose-listing");
    assert.equal(status, 403, message);
    assert.match(message, /\(BackendsNotVerified\)/);
  });

test("an old node port may still be labelled, and not be rewritten", async () => {
  const old = ref("v1", "Service", "theirs", "expose-us");
  await must(cluster.admin.patch(old, { metadata: { labels: { team: "a" }, finalizers: ["tests.example/kept"] } }));
  await must(cluster.admin.patch(old, { metadata: { finalizers: null } }, { type: "merge" }));
  const { status } = await cluster.admin.patch(old, { spec: { ports: [{ port: 80 }] } }, { type: "merge" });
  assert.equal(status, 403);
});
