import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExposedSpec } from "../../../src/api/zone-exposure.ts";
import { exposedIn } from "../../../src/egress/exposed.ts";
import { projectExposing } from "../../../src/egress/exposing-facts.ts";
import type { ExposingFacts } from "../../../src/zone/facts.ts";
import { namespace, pod, world, zone, zoneRecord } from "../world.ts";

const kinds = {
  Service: { group: "", version: "v1", kind: "Service" },
  EndpointSlice: { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" },
  Ingress: { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
  HTTPRoute: { group: "gateway.networking.k8s.io", version: "v1", kind: "HTTPRoute" },
  ReferenceGrant: { group: "gateway.networking.k8s.io", version: "v1beta1", kind: "ReferenceGrant" },
} as const;

const meta = (name: string, parts: object = {}, at = "payments") => ({
  namespace: at,
  name,
  uid: `uid-${name}`,
  ...parts,
});
const stored = (kind: keyof typeof kinds, raw: object): readonly ExposingFacts[] => {
  const facts = projectExposing(kinds[kind])(raw);
  return facts === undefined ? [] : [facts];
};
const selector = { app: "api" };
const balanced = Object.fromEntries(
  ["oci.oraclecloud.com", "oci-network-load-balancer.oraclecloud.com"].map((prefix) => [
    `${prefix}/node-label-selector`,
    "domicile.dev.node-restriction.kubernetes.io/us=verified",
  ]),
);
const balancer = (name: string, annotations: object = {}): object => ({
  metadata: meta(name, { annotations: { ...annotations, "kubectl.kubernetes.io/last-applied-configuration": "{}" } }),
  spec: { type: "LoadBalancer", selector, ports: [{ port: 443 }], clusterIP: "10.96.0.7" },
});
const slice = (name: string, address: string): object => ({
  metadata: meta(name, { labels: { "kubernetes.io/service-name": "api", team: "a" } }),
  addressType: "IPv4",
  endpoints: [{ addresses: [address], nodeName: "n", conditions: { ready: true } }],
  ports: [{ name: "https", protocol: "TCP", port: 443 }],
});

const standing = [
  ...stored("Service", { metadata: meta("plain"), spec: { type: "ClusterIP", selector } }),
  ...stored("Service", balancer("listed", balanced)),
  ...stored("Service", balancer("any-node")),
  ...stored("Service", balancer("unlisted", balanced)),
  ...stored("Service", { metadata: meta("elsewhere", {}, "shop"), spec: { type: "NodePort", selector } }),
  ...stored("EndpointSlice", slice("abroad", "198.51.100.7")),
  ...stored("EndpointSlice", slice("within", "10.244.0.7")),
  ...stored("Ingress", { metadata: meta("web"), spec: {} }),
  ...stored("ReferenceGrant", {
    metadata: meta("grant"),
    spec: { from: [{ namespace: "payments" }, { namespace: "shop" }] },
  }),
  ...stored("HTTPRoute", { metadata: meta("route"), spec: {} }),
];
const listing: ExposedSpec = {
  kind: "Service",
  type: "LoadBalancer",
  namespaces: ["payments"],
  names: ["listed", "any-node"],
};
const found = (exposure: readonly ExposedSpec[], enforcement: "Enforce" | "Warn" = "Enforce") =>
  exposedIn(
    world({
      zones: [zoneRecord(zone({ exposure, enforcement }))],
      namespaces: [namespace("payments"), namespace("shop", { zone: undefined })],
      pods: [pod({ addresses: ["10.244.0.7"] })],
      exposing: standing,
    }),
    "us",
  ).map(({ kind, name, containment }) => `${kind} ${name} ${containment.reason}`);

test("E7 what stands in a zone and is not listed is found, in order, and nothing else", () => {
  assert.deepEqual(found([listing]), [
    "EndpointSlice abroad EndpointOutsideZone",
    "HTTPRoute route ExposureNotListed",
    "Ingress web ExposureNotListed",
    "ReferenceGrant grant ExposureNotListed",
    "Service any-node BackendsNotVerified",
    "Service unlisted ExposureNotListed",
  ]);
});

test("E7 what a zone no longer lists is found", () => {
  assert.ok(found([]).includes("Service listed ExposureNotListed"));
});

test("nodes of balancers are nobody's concern where nothing is enforced", () => {
  assert.ok(!found([listing], "Warn").some((line) => line.includes("any-node")));
  assert.ok(found([listing], "Warn").includes("Service unlisted ExposureNotListed"));
});

test("of an object only what is judged is kept", () => {
  assert.deepEqual(stored("Service", balancer("listed", balanced)), [
    {
      apiVersion: "v1",
      kind: "Service",
      namespace: "payments",
      name: "listed",
      uid: "uid-listed",
      object: { metadata: { name: "listed", annotations: balanced }, spec: { type: "LoadBalancer", selector } },
    },
  ]);
  assert.deepEqual(stored("EndpointSlice", slice("abroad", "198.51.100.7"))[0]?.object, {
    metadata: { name: "abroad", labels: { "kubernetes.io/service-name": "api" } },
    endpoints: [{ addresses: ["198.51.100.7"] }],
    ports: [{ protocol: "TCP", port: 443 }],
  });
});

const notKept: Readonly<Record<string, readonly [keyof typeof kinds, object]>> = {
  "a plain Service": ["Service", { metadata: meta("plain"), spec: { selector } }],
  "the API server's own Service": ["Service", { metadata: meta("kubernetes", {}, "default"), spec: {} }],
  "the API server's own endpoints": [
    "EndpointSlice",
    { ...slice("kubernetes", "10.0.0.1"), metadata: meta("kubernetes", {}, "default") },
  ],
  "an EndpointSlice without endpoints": ["EndpointSlice", { metadata: meta("none"), endpoints: null }],
  "what is no object": ["Ingress", {}],
};
for (const [what, [kind, raw]] of Object.entries(notKept))
  test(`nothing is kept of ${what}`, () => {
    assert.deepEqual(stored(kind, raw), []);
  });
