import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExposedSpec } from "../../../src/api/zone-exposure.ts";
import { boundsOf, exposableOf, exposure, type Exposable } from "../../../src/egress/exposure.ts";
import { allowedIn } from "../../../src/egress/uncontained.ts";
import { addressesOf } from "../../../src/zone/networks.ts";
import { namespace, pod, world, zone, zoneRecord } from "../world.ts";

const ports = [{ protocol: "TCP", port: 443 }] as const;
const networks = [{ name: "partner", addresses: addressesOf(["203.0.113.0/24", "2001:db8:1::/48"]), ports }];
const selected = { app: "api" };
const pods = [
  pod({ name: "api-0", addresses: ["10.244.0.7", "fd00::7"] }),
  pod({ name: "ended", ended: true, addresses: ["10.244.0.8"] }),
  pod({ name: "older-than-the-zone", selects: [], addresses: ["10.244.0.9"] }),
  pod({ namespace: "batch", name: "job", addresses: ["10.244.1.1"] }),
  pod({ namespace: "shop", name: "web", addresses: ["10.244.2.1"] }),
];
const boundsWith = (...listed: readonly ExposedSpec[]) =>
  boundsOf(
    world({
      zones: [zoneRecord(zone({ egress: { ...zone().egress, networks }, exposure: listed }))],
      namespaces: [
        namespace("payments"),
        namespace("batch"),
        namespace("shop", { zone: undefined }),
        namespace("eu", { zone: "eu" }),
      ],
      pods,
    }),
    "us",
    allowedIn,
  )("payments");
const listing = (kind: ExposedSpec["kind"], type?: ExposedSpec["type"], name = "api"): ExposedSpec => ({
  kind,
  ...(type === undefined ? {} : { type }),
  namespaces: ["batch", "payments"],
  names: ["other", name],
});
const metadata = { namespace: "payments", name: "api" };
const service = (spec: object): object => ({ metadata, spec: { selector: selected, ...spec } });
const endpoints = (...ips: readonly string[]): object => ({
  metadata,
  subsets: [{ addresses: [{ ip: "10.244.0.7" }], notReadyAddresses: ips.map((ip) => ({ ip })), ports }],
});
const slice = (addresses: readonly unknown[], at: readonly object[] | null = ports, addressType = "IPv4"): object => ({
  metadata: { namespace: "payments", name: "api-x7", labels: { "kubernetes.io/service-name": "api" } },
  addressType,
  endpoints: [{ addresses: ["10.244.1.1"] }, { addresses }],
  ports: at,
});
const grant = (...namespaces: readonly unknown[]): object => ({
  metadata,
  spec: {
    from: namespaces.map((from) => ({ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: from })),
    to: [{ group: "", kind: "Service" }],
  },
});

type Row = readonly [kind: Exposable, object: object, field: string, listedAs: ExposedSpec | "nothing"];
const refused: Readonly<Record<string, Row>> = {
  "a Service that stands for a name outside": [
    "/Service",
    { metadata, spec: { type: "ExternalName", externalName: "example.com" } },
    "spec.externalName",
    listing("Service", "ExternalName"),
  ],
  "a Service at addresses of its author's choice": [
    "/Service",
    service({ type: "ClusterIP", externalIPs: ["198.51.100.7"] }),
    "spec.externalIPs",
    listing("Service", "ExternalIPs"),
  ],
  "a Service without selector": [
    "/Service",
    service({ selector: {} }),
    "spec.selector",
    listing("Service", "WithoutSelector"),
  ],
  "a Service whose selector is left out": [
    "/Service",
    { metadata, spec: { type: "ClusterIP" } },
    "spec.selector",
    listing("Service", "WithoutSelector"),
  ],
  "a balancer": ["/Service", service({ type: "LoadBalancer" }), "spec.type", listing("Service", "LoadBalancer")],
  "a node port": ["/Service", service({ type: "NodePort" }), "spec.type", listing("Service", "NodePort")],
  "a type of Service that is not known here": ["/Service", service({ type: "Satellite" }), "spec.type", "nothing"],
  "an EndpointSlice to an address outside": [
    "discovery.k8s.io/EndpointSlice",
    slice(["198.51.100.7"]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to instance metadata": [
    "discovery.k8s.io/EndpointSlice",
    slice(["169.254.169.254"]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to what the zone allows, at another port": [
    "discovery.k8s.io/EndpointSlice",
    slice(["203.0.113.7"], [{ protocol: "TCP", port: 444 }]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to what the zone allows, at every port": [
    "discovery.k8s.io/EndpointSlice",
    slice(["203.0.113.7"], [{ protocol: "TCP" }]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to what the zone allows, without ports": [
    "discovery.k8s.io/EndpointSlice",
    slice(["203.0.113.7"], null),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to a name": [
    "discovery.k8s.io/EndpointSlice",
    slice(["example.com"], ports, "FQDN"),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to what is no address": [
    "discovery.k8s.io/EndpointSlice",
    slice([7]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to a pod outside the zone": [
    "discovery.k8s.io/EndpointSlice",
    slice(["10.244.2.1"]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to a pod that is older than the zone, and runs anywhere": [
    "discovery.k8s.io/EndpointSlice",
    slice(["10.244.0.9"]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "an EndpointSlice to the address that an ended pod had": [
    "discovery.k8s.io/EndpointSlice",
    slice(["10.244.0.8"]),
    "endpoints[1].addresses[0]",
    listing("EndpointSlice"),
  ],
  "Endpoints to an address outside that is not ready": [
    "/Endpoints",
    endpoints("10.244.1.1", "198.51.100.7"),
    "subsets[0].notReadyAddresses[1].ip",
    listing("EndpointSlice"),
  ],
  "an Ingress": ["networking.k8s.io/Ingress", { metadata }, "kind", listing("Ingress")],
  "a Gateway": ["gateway.networking.k8s.io/Gateway", { metadata }, "kind", listing("Gateway")],
  "an HTTPRoute": ["gateway.networking.k8s.io/HTTPRoute", { metadata }, "kind", listing("HTTPRoute")],
  "a GRPCRoute": ["gateway.networking.k8s.io/GRPCRoute", { metadata }, "kind", listing("GRPCRoute")],
  "a TCPRoute": ["gateway.networking.k8s.io/TCPRoute", { metadata }, "kind", listing("TCPRoute")],
  "a TLSRoute": ["gateway.networking.k8s.io/TLSRoute", { metadata }, "kind", listing("TLSRoute")],
  "a UDPRoute": ["gateway.networking.k8s.io/UDPRoute", { metadata }, "kind", listing("UDPRoute")],
  "a ServiceExport": ["multicluster.x-k8s.io/ServiceExport", { metadata }, "kind", listing("ServiceExport")],
  "a ReferenceGrant to a namespace outside the zone": [
    "gateway.networking.k8s.io/ReferenceGrant",
    grant("batch", "shop"),
    "spec.from[1].namespace",
    listing("ReferenceGrant"),
  ],
  "a ReferenceGrant to a namespace of another zone": [
    "gateway.networking.k8s.io/ReferenceGrant",
    grant("eu"),
    "spec.from[0].namespace",
    listing("ReferenceGrant"),
  ],
  "a ReferenceGrant to a namespace that is not there yet": [
    "gateway.networking.k8s.io/ReferenceGrant",
    grant("later"),
    "spec.from[0].namespace",
    listing("ReferenceGrant"),
  ],
  "a ReferenceGrant to what is no namespace": [
    "gateway.networking.k8s.io/ReferenceGrant",
    grant(undefined),
    "spec.from[0].namespace",
    listing("ReferenceGrant"),
  ],
};

for (const [what, [kind, object, path, listedAs]] of Object.entries(refused))
  test(`E7 what a zone does not list leads nowhere: ${what}`, () => {
    const found = exposure(kind, object, boundsWith());
    assert.equal(found.kind === "exposed" && found.path, path);
    if (listedAs === "nothing") return;
    const { type, namespaces } = listedAs;
    assert.equal(exposure(kind, object, boundsWith(listedAs)).kind, "contained", "listed");
    const others: Readonly<Record<string, ExposedSpec>> = {
      "another name": { ...listedAs, names: ["other"] },
      "another namespace": { ...listedAs, namespaces: ["batch"] },
      "another kind": { ...listedAs, kind: listedAs.kind === "Ingress" ? "Gateway" : "Ingress" },
      ...(type === undefined
        ? {}
        : { "another type": listing("Service", type === "NodePort" ? "LoadBalancer" : "NodePort") }),
    };
    for (const [why, other] of Object.entries(others))
      assert.equal(exposure(kind, object, boundsWith(other)).kind, "exposed", why);
    assert.deepEqual(namespaces, ["batch", "payments"]);
  });

const passes: Readonly<Record<string, readonly [Exposable, object]>> = {
  "a plain Service": ["/Service", service({ type: "ClusterIP" })],
  "a Service whose type is left out": ["/Service", service({})],
  "a headless Service": ["/Service", service({ clusterIP: "None" })],
  "an EndpointSlice to pods of the zone": ["discovery.k8s.io/EndpointSlice", slice(["10.244.0.7"], null)],
  "an EndpointSlice to pods of the zone by IPv6": ["discovery.k8s.io/EndpointSlice", slice(["fd00::7"], ports, "IPv6")],
  "an EndpointSlice to what the zone allows": ["discovery.k8s.io/EndpointSlice", slice(["203.0.113.7"])],
  "an EndpointSlice to what the zone allows by IPv6": [
    "discovery.k8s.io/EndpointSlice",
    slice(["2001:db8:1::7"], [{ name: "https", protocol: "TCP", port: 443 }], "IPv6"),
  ],
  "an EndpointSlice without endpoints": ["discovery.k8s.io/EndpointSlice", { metadata, endpoints: null, ports: null }],
  "Endpoints to pods and to what the zone allows": ["/Endpoints", endpoints("203.0.113.7", "10.244.1.1")],
  "a ReferenceGrant within the zone": ["gateway.networking.k8s.io/ReferenceGrant", grant("batch", "payments")],
};
for (const [what, [kind, object]] of Object.entries(passes))
  test(`in a zone that lists nothing there may be ${what}`, () => {
    assert.deepEqual(exposure(kind, object, boundsWith()), { kind: "contained" });
  });

test("E7 a Service that leads outside twice is listed twice", () => {
  const both = service({ type: "LoadBalancer", externalIPs: ["198.51.100.7"] });
  const [balancer, addresses] = [listing("Service", "LoadBalancer"), listing("Service", "ExternalIPs")];
  assert.equal(exposure("/Service", both, boundsWith(balancer)).kind, "exposed");
  assert.equal(exposure("/Service", both, boundsWith(addresses)).kind, "exposed");
  assert.equal(exposure("/Service", both, boundsWith(balancer, addresses)).kind, "contained");
});

test("E7 an EndpointSlice without a Service is listed by nobody", () => {
  const object = { ...slice(["198.51.100.7"]), metadata: { ...metadata, labels: {} } };
  assert.equal(
    exposure("discovery.k8s.io/EndpointSlice", object, boundsWith(listing("EndpointSlice"))).kind,
    "exposed",
  );
});

test("E7 a zone that is not valid, or gone, lists nothing", () => {
  const invalid = zoneRecord(zone({ exposure: [listing("Ingress")] }), { parsed: { ok: false, problems: [] } });
  for (const zones of [[invalid], []]) {
    const bounds = boundsOf(world({ zones, namespaces: [namespace("payments")] }), "us", allowedIn)("payments");
    assert.equal(exposure("networking.k8s.io/Ingress", { metadata }, bounds).kind, "exposed");
  }
});

test("whatever an object of these kinds holds is judged, and nothing throws", () => {
  const strange: readonly unknown[] = [
    null,
    [],
    "text",
    { spec: null },
    { spec: { from: 7 }, endpoints: 7, subsets: [null] },
  ];
  for (const kind of Object.values(refused).map(([known]) => known))
    for (const object of strange) exposure(kind, object, boundsWith());
});

test("kinds are known by group and kind, and others of the same names are not", () => {
  assert.equal(exposableOf("gateway.networking.k8s.io", "HTTPRoute"), "gateway.networking.k8s.io/HTTPRoute");
  assert.equal(exposableOf("", "Service"), "/Service");
  for (const [group, kind] of [
    ["serving.knative.dev", "Service"],
    ["", "toString"],
    ["apps", "Deployment"],
  ] as const)
    assert.equal(exposableOf(group, kind), undefined);
});
