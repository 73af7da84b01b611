import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { nodeLabel } from "../../../src/api/names.ts";
import type { Stores } from "../../../src/controllers/cache.ts";
import { worldOf } from "../../../src/controllers/live-world.ts";
import type { Loop } from "../../../src/controllers/loop.ts";
import { noKinds } from "../../../src/controllers/foreign-kinds.ts";
import { connectTriggers } from "../../../src/controllers/triggers.ts";
import type { Store } from "../../../src/kube/store.ts";
import type { DnsService, DnsSlice } from "../../../src/zone/dns-facts.ts";
import type {
  AttestationFacts,
  DaemonSetFacts,
  ExposingFacts,
  NamespaceFacts,
  NodeFacts,
  PodFacts,
} from "../../../src/zone/facts.ts";
import type { ZoneRecord } from "../../../src/zone/record.ts";
import { emptyStores, store } from "./stores.ts";
import { namespace, node, pod, zone, zoneRecord } from "../world.ts";

const put = <T extends { readonly name: string }>(into: Store<T>, value: T): void =>
  into.take({ kind: "applied", key: value.name, value });

let asked: string[] = [];
const loop = (name: string): Loop => ({
  ask: (key) => void asked.push(`${name} ${key}`),
  run: () => Promise.resolve(),
});

/** Triggers over empty stores, with what they asked for so far forgotten. */
const start = (more: Partial<Stores> = {}) => {
  const zones = store<ZoneRecord>();
  const namespaces = store<NamespaceFacts>();
  const nodes = store<NodeFacts>();
  const attestations = store<AttestationFacts>();
  const pods = store<PodFacts>();
  const dnsServices = store<DnsService>();
  const dnsSlices = store<DnsSlice>();
  const daemonSets = store<DaemonSetFacts>();
  const stores: Stores = {
    ...emptyStores(),
    zones,
    namespaces,
    nodes,
    pods,
    attestations,
    daemonSets,
    dnsServices,
    dnsSlices,
    ...more,
  };
  const renewals = new Set<() => void>();
  const recounts = new Set<(zone: string) => void>();
  const disconnect = connectTriggers(
    stores,
    worldOf(stores, { ownNamespace: "domicile-system" }, () => 0),
    {
      zones: loop("zone"),
      clusters: loop("cluster"),
      drift: loop("drift"),
      nodes: loop("node"),
      namespaces: loop("namespace"),
      registration: loop("registration"),
      canary: loop("canary"),
    },
    { kinds: noKinds, renewed: heardIn(renewals), recounted: heardIn(recounts) },
  );
  asked = [];
  return {
    zones,
    namespaces,
    nodes,
    pods,
    attestations,
    daemonSets,
    dnsServices,
    dnsSlices,
    renewals,
    recounts,
    disconnect,
  };
};

const heardIn =
  <T>(into: Set<T>) =>
  (hear: T) => {
    into.add(hear);
    return () => void into.delete(hear);
  };

beforeEach(() => {
  asked = [];
});

test("a new certificate authority asks for the webhook configurations, until the term ends", () => {
  const { renewals, disconnect } = start();
  for (const hear of renewals) hear();
  assert.deepEqual(asked, ["registration webhooks"]);
  disconnect();
  assert.equal(renewals.size, 0);
});

test("a zone's change asks for its namespaces and all that is registered, its status for the zone alone", () => {
  const { zones, namespaces } = start();
  put(namespaces, namespace("payments"));
  asked = [];
  put(zones, zoneRecord(zone()));
  const everything = [
    "zone us",
    "namespace payments",
    "canary us",
    "registration webhooks",
    "registration nativePolicies",
  ];
  assert.deepEqual(asked, everything);
  asked = [];
  put(zones, zoneRecord(zone(), { status: { namespaces: 1 } }));
  assert.deepEqual(asked, ["zone us"]);
  asked = [];
  put(zones, zoneRecord(zone(), { schedulers: ["batch"] }));
  assert.deepEqual(asked, everything);
});

test("a zone that names other namespaces asks for every zone, and a namespace of such a name for its zone", () => {
  const { zones, namespaces } = start();
  put(zones, zoneRecord(zone()));
  put(zones, zoneRecord(zone({ name: "eu" })));
  asked = [];
  put(zones, zoneRecord(zone(), { namespaces: ["payments"] }));
  assert.deepEqual(asked, ["zone us", "zone us", "zone eu", "registration webhooks", "registration nativePolicies"]);
  asked = [];
  put(namespaces, namespace("payments", { zone: undefined, sealed: undefined }));
  assert.deepEqual(asked, ["namespace payments", "zone us"]);
});

test("a node's change asks for its labels and for its twins', and for the zones that count otherwise, no others", () => {
  const { zones, nodes, recounts, disconnect } = start();
  put(zones, zoneRecord(zone()));
  put(nodes, node("a"));
  asked = [];
  put(nodes, node("b", { providerID: node("a").providerID }));
  assert.deepEqual(asked, ["node b", "node a", "node b"]);
  asked = [];
  for (const hear of recounts) hear("eu");
  assert.deepEqual(asked, ["zone eu"]);
  disconnect();
  assert.equal(recounts.size, 0);
});

/** A statement that nobody signed is enough to be asked about: who signed is the verdict's to judge. */
const attesting = (name: string, nodeUID: string, machineID: string): AttestationFacts => ({
  name,
  uid: `uid-${name}`,
  payload: "",
  signatures: [],
  statement: { ok: true, value: { nodeUID, machineID, providerID: "x", region: "us-ashburn-1", notAfter: 0 } },
});

test("E6 a node that gets another address or pod range asks for every zone and its namespaces", () => {
  const { zones, namespaces, nodes, disconnect } = start();
  put(zones, zoneRecord(zone()));
  put(namespaces, namespace("payments"));
  for (const [change, value] of Object.entries({
    "another address": node("a", { addresses: ["192.168.7.4"] }),
    "another pod range": node("a", { addresses: ["192.168.7.4"], podCIDRs: ["10.244.0.0/24"] }),
  })) {
    asked = [];
    put(nodes, value);
    for (const want of ["zone us", "namespace payments"]) assert.ok(asked.includes(want), `${change}: ${asked.join()}`);
  }
  disconnect();
});

test("E8 a Service of the cluster's DNS that changes, and its EndpointSlices, ask for every zone and its namespaces", () => {
  const { zones, namespaces, dnsServices, dnsSlices } = start();
  put(zones, zoneRecord(zone()));
  put(namespaces, namespace("payments"));
  asked = [];
  put(dnsServices, { name: "kube-dns", selector: { app: "dns" }, clusterIPs: [], ports: [] });
  assert.deepEqual(asked, ["zone us", "namespace payments"]);
  asked = [];
  put(dnsSlices, { name: "kube-dns-a", service: "kube-dns", ports: [] });
  assert.deepEqual(asked, ["zone us", "namespace payments"]);
});

test("P7 an attestation that comes or goes asks for its node, and for those attested as the same machine", () => {
  const { nodes, attestations } = start();
  for (const name of ["a", "b", "c"]) put(nodes, node(name));
  put(attestations, attesting("of-a", "uid-a", "machine"));
  asked = [];
  put(attestations, attesting("of-b", "uid-b", "machine"));
  assert.deepEqual([...new Set(asked)].toSorted(), ["node a", "node b"]);
  asked = [];
  attestations.take({ kind: "deleted", key: "of-b" });
  assert.deepEqual([...new Set(asked)].toSorted(), ["node a", "node b"]);
});

test("P7 a node that comes or goes asks for those attested as the same machine", () => {
  const { nodes, attestations } = start();
  put(nodes, node("a"));
  for (const name of ["a", "b"]) put(attestations, attesting(`of-${name}`, `uid-${name}`, "machine"));
  asked = [];
  put(nodes, node("b"));
  assert.ok(asked.includes("node a"), asked.join());
  asked = [];
  nodes.take({ kind: "deleted", key: "b" });
  assert.ok(asked.includes("node a"), asked.join());
});

test("P15 a pod that bears a zone's label itself asks for that zone, wherever it is", () => {
  const { zones, pods } = start();
  put(zones, zoneRecord(zone()));
  asked = [];
  put(pods, pod({ namespace: "shop", name: "pretender", labelled: "us" }));
  put(pods, pod({ namespace: "shop", name: "other", labelled: "ghost" }));
  assert.deepEqual(asked, ["zone us"]);
  pods.take({ kind: "deleted", key: "pretender" });
  assert.deepEqual(asked, ["zone us", "zone us"]);
});

test("P20 a pod outside the zone asks for the zones of its node, where it could read what others hold there", () => {
  const { nodes, pods } = start();
  put(nodes, node("a", { labels: { [nodeLabel("us")]: "verified" } }));
  asked = [];
  const outside = { namespace: "logging", node: "a" };
  put(pods, pod({ ...outside, name: "harmless" }));
  assert.deepEqual(asked, []);
  put(pods, pod({ ...outside, name: "agent", reachesNode: true }));
  assert.deepEqual(asked, ["zone us"]);
  pods.take({ kind: "deleted", key: "agent" });
  assert.deepEqual(asked, ["zone us", "zone us"]);
});

test("a known enforcer that comes or goes asks for every zone, and any other DaemonSet for none", () => {
  const { zones, daemonSets } = start();
  put(zones, zoneRecord(zone()));
  asked = [];
  const containers = [{ name: "calico-node", image: "calico/node:v3", args: [] }];
  const calico = { namespace: "kube-system", name: "calico-node", uid: "1", hostNetwork: true, containers };
  put(daemonSets, { ...calico, name: "node-exporter", uid: "2" });
  assert.deepEqual(asked, []);
  put(daemonSets, calico);
  assert.deepEqual(asked, ["zone us"]);
  put(daemonSets, { ...calico, containers: [] });
  assert.deepEqual(asked, ["zone us", "zone us"]);
});

test("E7 what leads into a zone asks for the zone when it comes, changes and goes, and elsewhere for nothing", () => {
  const ingresses = store<ExposingFacts>();
  const namespaces = store<NamespaceFacts>();
  start({ ingresses, namespaces });
  put(namespaces, namespace("payments"));
  put(namespaces, namespace("shop", { zone: undefined }));
  const ingress = (at: string, object: object): ExposingFacts => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    namespace: at,
    name: "web",
    uid: "uid-web",
    object,
  });
  asked = [];
  put(ingresses, ingress("payments", {}));
  put(ingresses, ingress("payments", { spec: {} }));
  ingresses.take({ kind: "deleted", key: "web" });
  assert.deepEqual(asked, ["zone us", "zone us", "zone us"]);
  put(ingresses, ingress("shop", {}));
  assert.equal(asked.length, 3);
});
