import { regionByIdentifier, type Region } from "../../src/oci/regions.ts";
import type { NamespaceFacts, NodeFacts, PodFacts } from "../../src/zone/facts.ts";
import { listed, type Lists } from "../../src/zone/listed.ts";
import type { ZoneRecord } from "../../src/zone/record.ts";
import type { World } from "../../src/zone/world.ts";
import type { Zone } from "../../src/zone/zone.ts";

/** A region by its identifier; a test that misspells one fails at once. */
export const region = (identifier: string): Region => {
  const found = regionByIdentifier(identifier);
  if (found === undefined) throw new Error(`no region ${identifier}`);
  return found;
};

/** A valid zone `us` over Ashburn and Phoenix, unless told otherwise. */
export const zone = (parts: Partial<Zone> = {}): Zone => ({
  name: "us",
  enforcement: "Enforce",
  realm: "oc1",
  regions: [region("us-ashburn-1"), region("us-phoenix-1")],
  minimumTrust: "ProviderID",
  attestationKeys: [],
  egress: {
    withinZone: "Allow",
    dns: { namespace: "kube-system", podSelector: { matchLabels: { "k8s-app": "kube-dns" } }, nodeLocalAddresses: [] },
    apiServer: "Deny",
    clusters: [],
    networks: [],
  },
  templates: "Pin",
  drift: { action: "Report", maxPerMinute: 10, maxUnavailable: 1 },
  ingress: { isolation: "Isolated", from: [] },
  exposure: [],
  ...parts,
});

export const zoneRecord = (value: Zone, parts: Partial<ZoneRecord> = {}): ZoneRecord => ({
  name: value.name,
  uid: `uid-${value.name}`,
  generation: 1,
  deleting: false,
  finalizers: [],
  conditions: [],
  enforcement: value.enforcement,
  schedulers: ["system:kube-scheduler"],
  namespaces: [],
  exclusive: false,
  approves: value.egress.clusters,
  parsed: { ok: true, value },
  status: undefined,
  ...parts,
});

export const namespace = (name: string, parts: Partial<NamespaceFacts> = {}): NamespaceFacts => ({
  name,
  uid: `uid-${name}`,
  zone: "us",
  sealed: "us",
  podSecurity: "baseline",
  deleting: false,
  ...parts,
});

/** A node in Ashburn as OKE makes it, unless told otherwise. */
export const node = (name: string, parts: Partial<NodeFacts> = {}): NodeFacts => ({
  name,
  uid: `uid-${name}`,
  created: 1_000,
  deleting: false,
  providerID: `ocid1.instance.oc1.iad.anuwcljt${name.replaceAll("-", "")}`,
  labels: { "topology.kubernetes.io/region": "iad", "topology.kubernetes.io/zone": "US-ASHBURN-AD-1" },
  taintKeys: [],
  podCIDRs: [],
  addresses: [],
  machineID: `machine-${name}`,
  ...parts,
});

export const pod = (parts: Partial<PodFacts> = {}): PodFacts => ({
  namespace: "payments",
  name: "api-0",
  uid: "uid-api-0",
  created: 2_000,
  node: undefined,
  selects: ["us"],
  addresses: [],
  labelled: undefined,
  ended: false,
  deleting: false,
  ready: true,
  owner: undefined,
  mirror: false,
  reachesNode: false,
  ...parts,
});

/** A World of plain values: what the stores would show if the cluster held just this. */
export const world: (lists: Lists) => World = listed;
