import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { askUntil } from "../cluster/asking.ts";
import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { condition, field, ref, type KubeObject, type Manifest } from "../cluster/objects.ts";
import { output } from "../cluster/spawned.ts";
import { untilStatus } from "../native/guards.ts";
import { crdNames, installCrds, removeCrds } from "../cluster/crds.ts";
import { applyZone, joinZone, makeNamespace, untilZone } from "./domicile.ts";

const program = join(import.meta.dirname, "..", "..", "dist", "domicile.js");
const [inside, late, outside] = ["kinds-in", "kinds-late", "kinds-outside"];
const approving = (...cidrs: readonly string[]): object => ({
  nodes: { provider: "OCI", regions: ["us-phoenix-1"] },
  egress: { networks: [{ name: "partner", cidrs, ports: [{ protocol: "TCP", port: 443 }] }] },
});
const [approved, abroad] = ["203.0.113.0/24", "192.0.2.0/24"];

const of = (apiVersion: string, kind: string, where: string | undefined, spec: object): Manifest => ({
  ...ref(apiVersion, kind, "theirs", where),
  spec,
});
const named = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const ciliumPort = [{ ports: [{ port: "443", protocol: "TCP" as const }] }];
const calicoRule = (cidr: string): object => ({
  action: "Allow",
  protocol: "TCP",
  destination: { nets: [cidr], ports: [443] },
});
const calico = "crd.projectcalico.org/v1";

/** A policy of each kind that opens one block on one port, to the pods of one namespace. */
const kinds: Readonly<Record<string, (namespace: string, cidr: string) => Manifest>> = {
  CiliumNetworkPolicy: (namespace, cidr) =>
    of("cilium.io/v2", "CiliumNetworkPolicy", namespace, {
      endpointSelector: {},
      egress: [{ toCIDR: [cidr], toPorts: ciliumPort }],
    }),
  CiliumClusterwideNetworkPolicy: (namespace, cidr) =>
    of("cilium.io/v2", "CiliumClusterwideNetworkPolicy", undefined, {
      endpointSelector: { matchLabels: { "k8s:io.kubernetes.pod.namespace": namespace } },
      egress: [{ toCIDR: [cidr], toPorts: ciliumPort }],
    }),
  "Calico's NetworkPolicy": (namespace, cidr) =>
    of(calico, "NetworkPolicy", namespace, { selector: "all()", types: ["Egress"], egress: [calicoRule(cidr)] }),
  GlobalNetworkPolicy: (namespace, cidr) =>
    of(calico, "GlobalNetworkPolicy", undefined, {
      namespaceSelector: `projectcalico.org/name == '${namespace}'`,
      types: ["Egress"],
      egress: [calicoRule(cidr)],
    }),
  ClusterNetworkPolicy: (namespace, cidr) =>
    of("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", undefined, {
      tier: "Admin",
      priority: 7,
      subject: { namespaces: named(namespace) },
      egress: [
        { action: "Accept", to: [{ networks: [cidr] }], protocols: [{ tcp: { destinationPort: { number: 443 } } }] },
      ],
    }),
  AdminNetworkPolicy: (namespace, cidr) =>
    of("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", undefined, {
      priority: 7,
      subject: { namespaces: named(namespace) },
      egress: [
        { action: "Allow", to: [{ networks: [cidr] }], ports: [{ portNumber: { protocol: "TCP", port: 443 } }] },
      ],
    }),
};
const cilium = kinds["CiliumNetworkPolicy"] as (typeof kinds)[string];
const clusterWide = kinds["ClusterNetworkPolicy"] as (typeof kinds)[string];
/** What is never written for others to see: it is asked about as a dry run. */
const asked = { dryRun: true };
const early = "ciliumnetworkpolicies.cilium.io";

let cluster: Cluster;

before(async () => {
  cluster = await connect();
  await applyZone(cluster, "kinds", approving(approved));
  // Pods are let in once every replica has heard of zone, namespace and seal.
  await joinZone(cluster, inside, "kinds");
  await makeNamespace(cluster, outside, {});
  await makeNamespace(cluster, late, {});
  await untilZone(cluster, "kinds", "PoliciesContained", "True");
});
after(async () => {
  await removeCrds(cluster, crdNames);
  await cluster.close();
});

const said = (zone: KubeObject): string => {
  const conditions = field(zone, "status.conditions");
  const found = Array.isArray(conditions)
    ? conditions.find((one) => field(one, "type") === "PoliciesContained")
    : undefined;
  return String(field(found, "message"));
};
const untilNamed = (name: string) =>
  cluster.admin.until<KubeObject>(
    ref("domicile.dev/v1alpha1", "ResidencyZone", "kinds"),
    (now) => condition(now, "PoliciesContained") === "False" && said(now).includes(name),
    { describe: `the zone names ${name}` },
  );

test("E2 a kind that comes while Domicile runs is read: what stands of it is listed and told of, until it goes with its kind", async () => {
  await installCrds(cluster, [early]);
  await must(cluster.admin.create(cilium(late, abroad)));
  await must(
    cluster.admin.patch(ref("v1", "Namespace", late), { metadata: { labels: { "domicile.dev/zone": "kinds" } } }),
  );
  const zone = await untilNamed(`CiliumNetworkPolicy ${late}/theirs`);
  assert.match(said(zone), /spec\.egress\[0\]\.toCIDR\[0\] opens egress to 192\.0\.2\.0, port 443\/TCP/);
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (events) => events.some((event) => field(event, "regarding.kind") === "CiliumNetworkPolicy"),
    { namespace: late, describe: "an event tells of the policy" },
  );
  await removeCrds(cluster, [early]);
  await untilZone(cluster, "kinds", "PoliciesContained", "True");
});

test("E2 of each kind, what opens more to a zone's pods is refused with a connection that shows it; what the zone allows, and what is for others, passes", async () => {
  await installCrds(cluster, crdNames);
  for (const [kind, policy] of Object.entries(kinds)) {
    const { status, message } = await cluster.admin.create(policy(inside, abroad), asked);
    assert.equal(status, 403, `${kind}: ${message}`);
    assert.match(
      message,
      /zone kinds: spec\.egress\[0\]\S* opens egress to 192\.0\.2\.0, port 443\/TCP, .*\(PolicyWidensZone\)$/,
    );
    await must(cluster.admin.create(policy(inside, approved), asked));
    await must(cluster.admin.create(policy(outside, abroad), asked));
  }
});

test("E2 Calico's sets of addresses are refused in a zone, and where they say they are in one", async () => {
  const set = (kind: string, where: string | undefined, labels = {}): Manifest => {
    const { metadata, ...rest } = ref(calico, kind, "theirs", where);
    return { ...rest, metadata: { ...metadata, labels }, spec: { nets: [abroad] } };
  };
  const claiming = { "pcns.domicile.dev/sealed": "kinds" };
  for (const wide of [set("NetworkSet", inside), set("GlobalNetworkSet", undefined, claiming)]) {
    const { status, message } = await cluster.admin.create(wide, asked);
    assert.equal(status, 403, message);
    assert.match(message, /zone kinds: spec\.nets opens .*\(PolicyWidensZone\)$/);
  }
  await must(cluster.admin.create(set("NetworkSet", outside), asked));
  const plain = set("GlobalNetworkSet", undefined);
  await must(cluster.admin.create(plain));
  const target = ref(calico, "GlobalNetworkSet", "theirs");
  const { status, message } = await cluster.admin.patch(target, { metadata: { labels: claiming } }, { type: "merge" });
  assert.equal(status, 403, message);
});

test("E2 a policy whose peers stand in a CiliumCIDRGroup is refused in a zone", async () => {
  const grouped = of("cilium.io/v2", "CiliumNetworkPolicy", inside, {
    endpointSelector: {},
    egress: [{ toCIDRSet: [{ cidrGroupRef: "partners" }] }],
  });
  const { status, message } = await cluster.admin.create(grouped, asked);
  assert.equal(status, 403, message);
  assert.match(message, /CiliumCIDRGroup.*\(PolicyNotProved\)$/);
});

test("E2 a zone that shrinks lists policies without namespaces that still open more, and they may be labelled and deleted", async () => {
  await applyZone(cluster, "kinds", approving(approved, abroad));
  const policy = clusterWide(inside, abroad);
  // Each replica hears of the zone's change by itself.
  await must(
    askUntil(
      () => cluster.admin.create<KubeObject>(policy),
      ({ ok }) => ok,
      { describe: "the replicas have heard that the zone grew" },
    ),
  );
  await applyZone(cluster, "kinds", approving(approved));
  await untilNamed("ClusterNetworkPolicy theirs");
  const target = ref(policy.apiVersion, policy.kind, "theirs");
  await must(cluster.admin.patch(target, { metadata: { labels: { team: "a" } } }, { type: "merge" }));
  await untilStatus(403, () => cluster.admin.patch(target, { spec: { priority: 8 } }, { type: "merge", ...asked }));
  await cluster.admin.untilList<KubeObject>(
    { apiVersion: "events.k8s.io/v1", kind: "Event" },
    (events) => events.some((event) => field(event, "regarding.kind") === "ClusterNetworkPolicy"),
    { namespace: "default", describe: "an event tells of the policy" },
  );
  const env = { PATH: process.env["PATH"] ?? "", KUBECONFIG: cluster.session.kubeconfig };
  const { code, stdout } = await output(process.execPath, [program, "audit", "kinds"], { env });
  assert.equal(code, 1, stdout);
  assert.match(stdout, /ClusterNetworkPolicy theirs\n {2}spec\.egress\[0\]/);
  await must(cluster.admin.delete(target));
  await untilZone(cluster, "kinds", "PoliciesContained", "True");
});
