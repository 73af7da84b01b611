import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { projectCluster } from "../../../src/zone/cluster-record.ts";
import { resolve, type Unresolved } from "../../../src/zone/overlaps.ts";
import type { OwnNetwork } from "../../../src/zone/own-networks.ts";
import { parseZone } from "../../../src/zone/parse-zone.ts";
import type { ClusterRecord } from "../../../src/zone/record.ts";
import { clusterWith, network, zoneWith } from "../../resources/case.ts";

const record = (name: string, cidr: string, region = "us-phoenix-1"): ClusterRecord => {
  const raw = clusterWith({ region, networks: [network({ name: "gateway", cidrs: [cidr] })] }, name);
  const projected = projectCluster({ ...raw, metadata: { name, uid: `uid-${name}` } });
  if (projected === undefined) throw new Error("a cluster with name and uid is kept");
  return projected;
};

const analytics = record("us-analytics", "198.51.100.0/24");
const foreign = record("eu-ads", "203.0.113.0/25");
const broken = record("broken", "192.0.2.0/24", "us-gotham-1");

type Given = {
  readonly spec: object;
  readonly clusters?: readonly ClusterRecord[];
  readonly own?: readonly OwnNetwork[];
};

const ours: readonly OwnNetwork[] = [
  { called: "services (ServiceCIDR kubernetes)", cidr: "10.0.0.0/24" },
  { called: "pods of node a", cidr: "10.244.0.0/16" },
  { called: "node a", cidr: "192.168.7.4/32" },
];

const resolved = ({ spec, clusters = [analytics, foreign, broken], own = ours }: Given) => {
  const parsed = parseZone(zoneWith({ ...spec }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return resolve({ clusters: new Map(clusters.map((one) => [one.name, one])), ownNetworks: own }, parsed.value);
};
const approve = (...names: readonly string[]) => ({ egress: { clusters: names.map((name) => ({ name })) } });
const open = (...cidrs: readonly string[]) => ({ egress: { networks: [network({ cidrs })] } });

const good: Readonly<Record<string, Given>> = {
  "nothing is approved": { spec: {} },
  "a valid cluster is approved": { spec: approve("us-analytics") },
  "an approved network overlaps an approved cluster": {
    spec: { egress: { clusters: [{ name: "us-analytics" }], networks: [network({ cidrs: ["198.51.100.0/25"] })] } },
  },
  "a network lies beside a cluster that is not approved": { spec: open("203.0.113.128/25") },
  "a cluster that nobody approves is invalid": { spec: approve("us-analytics") },
  "addresses that may come in overlap a cluster that is not approved": {
    spec: { ingress: { from: [{ cidrs: ["203.0.113.0/24"] }] } },
  },
};

const bad: Readonly<Record<string, Given & { readonly want: readonly Unresolved[] }>> = {
  "an approved cluster is invalid": {
    spec: approve("broken"),
    want: [
      {
        reason: "ClusterNotAccepted",
        path: "spec.egress.clusters[0].name",
        message:
          'RemoteCluster broken is not valid: spec.region: "us-gotham-1" is not the identifier of a region that Domicile knows: identifiers look like us-ashburn-1',
      },
    ],
  },
  "an approved network swallows a cluster that is not approved": {
    spec: open("192.0.2.0/24", "203.0.113.0/24"),
    want: [
      {
        reason: "NetworksOverlap",
        path: "spec.egress.networks[0].cidrs",
        message:
          "network partner overlaps network gateway of RemoteCluster eu-ads, which the zone does not approve, in 203.0.113.0/25",
      },
    ],
  },
  "an approved cluster shares addresses with one that is not": {
    spec: approve("us-analytics"),
    clusters: [analytics, record("eu-copy", "198.51.100.64/26")],
    want: [
      {
        reason: "NetworksOverlap",
        path: "spec.egress.clusters[0]",
        message:
          "network gateway of RemoteCluster us-analytics overlaps network gateway of RemoteCluster eu-copy, which the zone does not approve, in 198.51.100.64/26",
      },
    ],
  },
  "an approved network overlaps this cluster's pods": {
    spec: open("10.244.3.0/24"),
    want: [
      {
        reason: "OwnNetworksOverlap",
        path: "spec.egress.networks[0].cidrs",
        message: "network partner overlaps this cluster's own pods of node a in 10.244.3.0/24",
      },
    ],
  },
  "an approved network holds a node, whose node ports lead to any pod": {
    spec: open("192.168.0.0/16"),
    want: [
      {
        reason: "OwnNetworksOverlap",
        path: "spec.egress.networks[0].cidrs",
        message: "network partner overlaps this cluster's own node a in 192.168.7.4/32",
      },
    ],
  },
  "an approved cluster overlaps this cluster's pods": {
    spec: approve("here"),
    clusters: [record("here", "10.244.3.0/24")],
    want: [
      {
        reason: "OwnNetworksOverlap",
        path: "spec.egress.clusters[0]",
        message: "network gateway of RemoteCluster here overlaps this cluster's own pods of node a in 10.244.3.0/24",
      },
    ],
  },
  "addresses that may come in hold this cluster's services": {
    spec: { ingress: { from: [{ namespaceSelector: {} }, { cidrs: ["10.0.0.0/16"] }] } },
    want: [
      {
        reason: "OwnNetworksOverlap",
        path: "spec.ingress.from[1].cidrs",
        message: "this peer overlaps this cluster's own services (ServiceCIDR kubernetes) in 10.0.0.0/24",
      },
    ],
  },
  "several things are wrong, and each is named": {
    spec: {
      egress: { clusters: [{ name: "moon" }], networks: [network({ cidrs: ["10.244.0.0/16", "203.0.113.0/24"] })] },
    },
    want: [
      {
        reason: "NetworksOverlap",
        path: "spec.egress.networks[0].cidrs",
        message:
          "network partner overlaps network gateway of RemoteCluster eu-ads, which the zone does not approve, in 203.0.113.0/25",
      },
      {
        reason: "OwnNetworksOverlap",
        path: "spec.egress.networks[0].cidrs",
        message: "network partner overlaps this cluster's own pods of node a in 10.244.0.0/16",
      },
      { reason: "ClusterNotFound", path: "spec.egress.clusters[0].name", message: "RemoteCluster moon does not exist" },
    ],
  },
};

describe("a zone's references resolve when", () => {
  for (const [sentence, given] of Object.entries(good)) test(sentence, () => assert.equal(resolved(given).ok, true));

  test("and give the clusters in the zone's order", () => {
    const both = resolved({ spec: approve("eu-ads", "us-analytics") });
    assert.deepEqual(both.ok && both.clusters.map(({ name }) => name), ["eu-ads", "us-analytics"]);
  });
});

describe("E11 a cluster that is not there opens nothing, holds nothing up, and is named", () => {
  const missing: Readonly<Record<string, readonly [approved: readonly string[], message: string]>> = {
    "as it is written": [["us-analytics", "moon"], "RemoteCluster moon does not exist"],
    "with what was meant": [
      ["us-analytics", "us-anlytics"],
      "RemoteCluster us-anlytics does not exist: did you mean us-analytics?",
    ],
  };
  for (const [sentence, [approved, message]] of Object.entries(missing))
    test(sentence, () => {
      const found = resolved({ spec: approve(...approved) });
      assert.deepEqual(found.ok && found.clusters.map(({ name }) => name), ["us-analytics"]);
      assert.deepEqual(found.ok && found.missing, [
        { reason: "ClusterNotFound", path: "spec.egress.clusters[1].name", message },
      ]);
    });
});

describe("a zone's references do not resolve when", () => {
  for (const [sentence, { want, ...given }] of Object.entries(bad))
    test(sentence, () => assert.deepEqual(resolved(given), { ok: false, problems: want }));
});
