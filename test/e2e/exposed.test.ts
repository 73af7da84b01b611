import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import type { Answer } from "../cluster/transport.ts";
import { applyZone, joinZone, makeNamespace } from "./domicile.ts";

const nodes = { provider: "OCI", regions: ["us-phoenix-1"] };
const port = { protocol: "TCP", port: 443 };
const egress = { networks: [{ name: "partner", cidrs: ["203.0.113.0/24"], ports: [port] }] };
const listing = (kind: string, name: string, type?: string): object => ({
  kind,
  ...(type === undefined ? {} : { type }),
  namespaces: ["exposed-in"],
  names: [name],
});
const exposure = [
  listing("Service", "gateway", "LoadBalancer"),
  listing("Service", "partner", "WithoutSelector"),
  listing("Ingress", "gateway"),
  // Native policy knows what a zone lists none of; of these only the webhook tells which.
  ...["NodePort", "ExternalName", "ExternalIPs"].map((type) => listing("Service", "elsewhere", type)),
];

const service = (name: string, spec: object, namespace = "exposed-in"): Manifest => ({
  ...ref("v1", "Service", name, namespace),
  spec: { selector: { app: "api" }, ports: [port], ...spec },
});
const plain = (name: string): Manifest => service(name, {});
const slice = (address: string, name = "theirs", managedBy = "tests"): Manifest => ({
  ...ref("discovery.k8s.io/v1", "EndpointSlice", name, "exposed-in"),
  metadata: {
    name,
    namespace: "exposed-in",
    labels: { "kubernetes.io/service-name": "plain", "endpointslice.kubernetes.io/managed-by": managedBy },
  },
  addressType: "IPv4",
  endpoints: [{ addresses: [address] }],
  ports: [port],
});
const endpoints = (ip: string): Manifest => ({
  ...ref("v1", "Endpoints", "theirs", "exposed-in"),
  subsets: [{ addresses: [{ ip }], ports: [port] }],
});
function abroad(name: string, managedBy: string): Manifest {
  return slice("198.51.100.7", name, managedBy);
}
function endpointsAbroad(name: string): Manifest {
  return { ...endpoints("198.51.100.7"), metadata: { name, namespace: "exposed-in" } };
}
const ingress = (name: string): Manifest => ({
  ...ref("networking.k8s.io/v1", "Ingress", name, "exposed-in"),
  spec: { defaultBackend: { service: { name: "plain", port: { number: 443 } } } },
});

const balancer = { type: "LoadBalancer" };

let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "exposed", { nodes, egress, exposure });
  await applyZone(cluster, "exposed-warned", { nodes, enforcement: "Warn" });
  await joinZone(cluster, "exposed-in", "exposed");
  await makeNamespace(cluster, "exposed-warned", { "domicile.dev/zone": "exposed-warned" });
  // API servers take a second to heed what a zone lists.
  for (const object of [ingress("gateway"), service("partner", { selector: null }), service("gateway", balancer)])
    await must(
      askUntil(
        () => cluster.admin.create(object, { dryRun: true }),
        ({ ok }) => ok,
        { describe: `${object.kind} ${object.metadata.name} is let in, for its zone lists it` },
      ),
    );
});
after(() => cluster.close());

const refused: Readonly<Record<string, readonly [object: () => Manifest, says: RegExp]>> = {
  "a balancer": [
    () => service("other", balancer),
    /spec\.type is LoadBalancer, .* \{kind: Service, type: LoadBalancer, namespaces: \[exposed-in\], names: \[other\]\}.*\(ExposureNotListed\)/,
  ],
  "a node port, though its name is listed for a balancer": [
    () => service("gateway", { type: "NodePort" }),
    /type: NodePort.*\(ExposureNotListed\)/,
  ],
  "a name outside": [
    () => ({
      ...service("name", {}),
      spec: { type: "ExternalName", externalName: "example.com" },
    }),
    /spec\.externalName is "example\.com".*\(ExposureNotListed\)/,
  ],
  "an address of one's own": [
    () => service("addresses", { externalIPs: ["198.51.100.7"] }),
    /spec\.externalIPs.*\(ExposureNotListed\)/,
  ],
  "a Service without selector": [() => service("bare", { selector: null }), /spec\.selector.*\(ExposureNotListed\)/],
  "an EndpointSlice to an address outside": [
    () => slice("198.51.100.7"),
    /endpoints\[0\]\.addresses\[0\] is 198\.51\.100\.7.*\(EndpointOutsideZone\)/,
  ],
  "an EndpointSlice that pretends to be of Kubernetes' controller": [
    () => slice("198.51.100.7", "forged", "endpointslice-controller.k8s.io"),
    /\(EndpointOutsideZone\)/,
  ],
  "Endpoints to an address outside": [
    () => endpoints("198.51.100.7"),
    /subsets\[0\]\.addresses\[0\]\.ip is 198\.51\.100\.7.*\(EndpointOutsideZone\)/,
  ],
  "an Ingress": [() => ingress("other"), /kind is Ingress.*\(ExposureNotListed\)/],
};
for (const [what, [object, says]] of Object.entries(refused))
  test(`E7 what a zone does not list is refused: ${what}`, async () => {
    const { status, message } = await cluster.admin.create(object());
    assert.equal(status, 403, message);
    assert.match(message, says);
    assert.match(message, /zone exposed: /);
  });

test("plain Services, what is listed, and endpoints that the zone allows pass", async () => {
  await must(cluster.admin.create(plain("plain")));
  await must(cluster.admin.create(slice("203.0.113.7")));
  await must(cluster.admin.create(endpoints("203.0.113.7")));
  await must(cluster.admin.create(service("partner", { selector: null })));
  await must(cluster.admin.create(ingress("gateway")));
});

test("E7 a plain Service that is made one that leads outside is refused, and may be labelled", async () => {
  await must(cluster.admin.create(plain("changing")));
  const changing = ref("v1", "Service", "changing", "exposed-in");
  await must(cluster.admin.patch(changing, { metadata: { labels: { team: "a" } } }));
  for (const spec of [{ type: "NodePort" }, { externalIPs: ["198.51.100.7"] }, { selector: null }]) {
    const { status, message } = await cluster.admin.patch(changing, { spec }, { type: "merge" });
    assert.equal(status, 403, message);
  }
});

test("E7 endpoints that are led elsewhere are refused", async () => {
  await must(cluster.admin.create(slice("203.0.113.8", "changing")));
  const { status, message } = await cluster.admin.patch(
    ref("discovery.k8s.io/v1", "EndpointSlice", "changing", "exposed-in"),
    { endpoints: [{ addresses: ["198.51.100.7"] }] },
    { type: "merge" },
  );
  assert.equal(status, 403, message);
});

const selector = "domicile.dev.node-restriction.kubernetes.io/exposed=verified";
const classic = "oci.oraclecloud.com/node-label-selector";
const network = "oci-network-load-balancer.oraclecloud.com/node-label-selector";
const annotated = (annotations: object): Promise<Answer<KubeObject>> =>
  cluster.admin.patch(ref("v1", "Service", "gateway", "exposed-in"), { metadata: { annotations } }, { type: "merge" });

test("E7 a balancer that is listed sends to verified nodes alone, and stays so", async () => {
  const plainly = service("gateway", balancer);
  const narrower = { ...plainly, metadata: { ...plainly.metadata, annotations: { [classic]: "lbset=a" } } };
  const { metadata } = await must(cluster.admin.create(narrower));
  assert.deepEqual(metadata.annotations, { [classic]: `${selector},lbset=a`, [network]: selector });
  const removed = await must(annotated({ [network]: null }));
  assert.equal(removed.metadata.annotations?.[network], selector);
  const replaced = await must(annotated({ [network]: "lbset=b" }));
  assert.equal(replaced.metadata.annotations?.[network], `${selector},lbset=b`);
  // No zone's entry: which zone a selector is of is for who validates.
  const { status, message } = await annotated({ [network]: selector.replace("/exposed=", "/other=") });
  assert.equal(status, 403, message);
  assert.match(message, /\(BackendsNotVerified\)/);
});

const kubernetes = "system:serviceaccount:kube-system:";
const made = "endpointslice-controller.k8s.io";
const copied = "endpointslicemirroring-controller.k8s.io";
const writers: Readonly<Record<string, readonly [user: string, object: (name: string) => Manifest, status: number]>> = {
  "the controller that asks selectors": [`${kubernetes}endpointslice-controller`, (name) => abroad(name, made), 201],
  "the controller of the older Endpoints": [`${kubernetes}endpoint-controller`, endpointsAbroad, 201],
  "the controller that copies Endpoints": [
    `${kubernetes}endpointslicemirroring-controller`,
    (name) => abroad(name, copied),
    403,
  ],
  "all controllers as one user, by selectors": ["system:kube-controller-manager", (name) => abroad(name, made), 201],
  "all controllers as one user, of Endpoints": ["system:kube-controller-manager", endpointsAbroad, 201],
  "all controllers as one user, copied": ["system:kube-controller-manager", (name) => abroad(name, copied), 403],
  "the API server itself": ["system:apiserver", endpointsAbroad, 201],
  "somebody who only bears the mark": ["somebody", (name) => abroad(name, made), 403],
};
for (const [index, [who, [user, object, wanted]]] of Object.entries(writers).entries())
  test(`E7 endpoints to addresses outside, written by ${who}, are ${wanted === 403 ? "refused" : "let in"}`, async () => {
    const client = await cluster.as({ user, groups: ["system:masters"] });
    const { status, message } = await client.create(object(`by-${index}`), { dryRun: true });
    assert.equal(status, wanted, message);
  });

test("a zone that only warns lets it in with a warning", async () => {
  const { code, stderr } = await cluster.kubectl(["apply", "-f", "-"], {
    stdin: JSON.stringify(service("warned", { type: "NodePort" }, "exposed-warned")),
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Warning: zone exposed-warned: spec\.type is NodePort.* \(ExposureNotListed\)/);
});
