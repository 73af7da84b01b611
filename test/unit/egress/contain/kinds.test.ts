import assert from "node:assert/strict";
import { test } from "node:test";
import { contain } from "../../../../src/egress/contain.ts";
import { allowed, specs } from "./known-zone.ts";
import { groundOf } from "./zones.ts";

const named = { metadata: { name: "theirs", namespace: "payments" } };
const everywhere = { metadata: { name: "theirs" } };
const cilium = (rule: unknown, deny: readonly unknown[] = []): unknown => ({
  apiVersion: "cilium.io/v2",
  kind: "CiliumNetworkPolicy",
  ...named,
  spec: { endpointSelector: {}, egress: [rule], egressDeny: deny },
});
const cnp = (subject: unknown, to: unknown, more: object = {}): unknown => ({
  apiVersion: "policy.networking.k8s.io/v1alpha2",
  kind: "ClusterNetworkPolicy",
  ...everywhere,
  spec: { tier: "Admin", priority: 1, subject, egress: [{ action: "Accept", to: [to] }], ...more },
});
const calico = (rule: object, spec: object = {}): unknown => ({
  apiVersion: "projectcalico.org/v3",
  kind: "NetworkPolicy",
  ...named,
  spec: { egress: [{ action: "Allow", ...rule }], ...spec },
});
const all = { namespaces: {} };
const internet = { networks: ["0.0.0.0/0"] };
const foreign = { namespaces: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } };
const toWeb = { nets: ["198.51.100.0/24"], ports: [443] };

const verdicts: Readonly<Record<string, readonly [policy: unknown, kind: string, path?: string]>> = {
  "Cilium: names": [cilium({ toFQDNs: [{ matchName: "a.example" }] }), "unproved", "spec.egress[0].toFQDNs"],
  "Cilium: Services": [
    cilium({ toServices: [{ k8sService: { serviceName: "a" } }] }),
    "unproved",
    "spec.egress[0].toServices",
  ],
  "Cilium: groups of a cloud": [cilium({ toGroups: [{ aws: {} }] }), "unproved", "spec.egress[0].toGroups"],
  "Cilium: blocks in another object": [
    cilium({ toCIDRSet: [{ cidrGroupRef: "a" }] }),
    "unproved",
    "spec.egress[0].toCIDRSet[0]",
  ],
  "Cilium: a proxy": [
    cilium({ toEndpoints: [{}], toPorts: [{ ports: [{ port: "80" }], listener: { name: "a" } }] }),
    "unproved",
    "spec.egress[0].toPorts[0].listener",
  ],
  "Cilium: an empty list of peers": [cilium({ toCIDR: [] }), "unproved", "spec.egress[0].toCIDR"],
  "Cilium: an entity as a label": [
    cilium({ toEndpoints: [{ matchLabels: { "reserved:host": "" } }] }),
    "unproved",
    "spec.egress[0].toEndpoints[0]",
  ],
  "Cilium: a field that is not known": [cilium({ toPlanets: [] }), "unproved", "spec.egress[0].toPlanets"],
  "Cilium: the world": [cilium({ toEntities: ["world"] }), "wider", "spec.egress[0].toEntities[0]"],
  "Cilium: the API server": [cilium({ toEntities: ["kube-apiserver"] }), "wider", "spec.egress[0].toEntities[0]"],
  "Cilium: one address without a prefix": [
    cilium({ toCIDR: ["198.51.100.7"], toPorts: [{ ports: [{ port: "443", protocol: "TCP" }] }] }),
    "contained",
  ],
  "Cilium: no peers": [cilium({ toPorts: [{ ports: [{ port: "53", protocol: "UDP" }] }] }), "wider", "spec.egress[0]"],
  "Cilium: a denial that nobody can resolve takes nothing away": [
    cilium({ toEntities: ["world"] }, [{ toCIDRSet: [{ cidrGroupRef: "a" }] }]),
    "wider",
    "spec.egress[0].toEntities[0]",
  ],
  "Cilium: a denial of all takes all away": [cilium({ toEntities: ["all"] }, [{ toEntities: ["all"] }]), "contained"],
  "Cilium: of another list of rules, a denial takes nothing away": [
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      ...named,
      specs: [
        { endpointSelector: { matchLabels: { app: "a" } }, egressDeny: [{ toEntities: ["all"] }] },
        { endpointSelector: {}, egress: [{ toEntities: ["world"] }] },
      ],
    },
    "wider",
    "specs[1].egress[0].toEntities[0]",
  ],
  "a policy for nodes is none for pods": [
    {
      apiVersion: "cilium.io/v2",
      kind: "CiliumClusterwideNetworkPolicy",
      ...everywhere,
      spec: { nodeSelector: {}, egress: [{ toEntities: ["all"] }] },
    },
    "contained",
  ],
  "ClusterNetworkPolicy: the Internet": [cnp(all, internet), "wider", "spec.egress[0].to[0].networks"],
  "ClusterNetworkPolicy: for others, whatever it says": [cnp(foreign, { domainNames: ["a.example"] }), "contained"],
  "ClusterNetworkPolicy: for others, with a field that is not known": [
    cnp(foreign, internet, { also: all }),
    "unproved",
    "spec.also",
  ],
  "ClusterNetworkPolicy: nodes": [cnp(all, { nodes: {} }), "unproved", "spec.egress[0].to[0].nodes"],
  "ClusterNetworkPolicy: names": [
    cnp(all, { domainNames: ["a.example"] }),
    "unproved",
    "spec.egress[0].to[0].domainNames",
  ],
  "ClusterNetworkPolicy: an unknown tier": [cnp(all, internet, { tier: "Root" }), "unproved", "spec.tier"],
  "ClusterNetworkPolicy: an unknown peer": [cnp(all, { asteroids: {} }), "unproved", "spec.egress[0].to[0].asteroids"],
  "Calico: an approved block": [calico({ protocol: "TCP", destination: toWeb }), "contained"],
  "Calico: denied before it is allowed": [
    calico({}, { egress: [{ action: "Deny" }, { action: "Allow" }] }),
    "contained",
  ],
  "Calico: logged before it is allowed": [
    calico({}, { egress: [{ action: "Log" }, { action: "Allow" }] }),
    "wider",
    "spec.egress[1].destination",
  ],
  "Calico: denied to some of its pods before it is allowed": [
    calico({}, { egress: [{ action: "Deny", source: { selector: "app == 'a'" } }, { action: "Allow" }] }),
    "wider",
    "spec.egress[1].destination",
  ],
  "Calico: denied but for a port in words before it is allowed": [
    calico(
      {},
      {
        egress: [
          { action: "Deny", protocol: "TCP", destination: { notPorts: ["web"] } },
          { action: "Allow", protocol: "TCP" },
        ],
      },
    ),
    "wider",
    "spec.egress[1].destination",
  ],
  "Calico: passed on from the default tier": [calico({ action: "Pass" }), "wider", "spec.egress[0].destination"],
  "Calico: passed on from a tier before": [calico({ action: "Pass" }, { tier: "security" }), "contained"],
  "Calico: Services": [
    calico({ destination: { services: { name: "a" } } }),
    "unproved",
    "spec.egress[0].destination.services",
  ],
  "Calico: service accounts": [
    calico({ destination: { serviceAccounts: { names: ["a"] } } }),
    "unproved",
    "spec.egress[0].destination.serviceAccounts",
  ],
  "Calico: a selector that nobody can read": [
    calico({ destination: { selector: "app =" } }),
    "unproved",
    "spec.egress[0].destination.selector",
  ],
  "Calico: a selector on what Calico makes up": [
    calico({ destination: { selector: "pcsa.team == 'a'" } }),
    "unproved",
    "spec.egress[0].destination",
  ],
  "Calico: the own namespace": [calico({ destination: { selector: "all()" } }), "contained"],
  "Calico: a field that is not known": [
    calico({ destination: { domains: ["a.example"] } }),
    "unproved",
    "spec.egress[0].destination.domains",
  ],
};

for (const [what, [policy, kind, path]] of Object.entries(verdicts))
  test(`E2 ${what}: ${kind}`, () => {
    const verdict = contain(policy, allowed);
    assert.deepEqual(
      [verdict.kind, verdict.kind === "contained" ? undefined : verdict.path],
      [kind, path],
      JSON.stringify(verdict),
    );
  });

test("E2 in a mesh a selector without a cluster is of all of them, and with this one's name of this one", () => {
  const mesh = groundOf(
    specs.map(({ spec }) => spec),
    "home",
  ).allowed;
  const inCluster = (cluster: string): unknown => ({ matchLabels: { "io.cilium.k8s.policy.cluster": cluster } });
  assert.equal(contain(cilium({ toEndpoints: [{}] }), mesh).kind, "wider");
  assert.equal(contain(cilium({ toEndpoints: [inCluster("home")] }), mesh).kind, "contained");
  assert.equal(contain(cilium({ toEndpoints: [inCluster("abroad")] }), mesh).kind, "wider");
  // Some versions deny in this cluster alone.
  assert.equal(contain(cilium({ toEndpoints: [{}] }, [{ toEndpoints: [{}] }]), mesh).kind, "wider");
  // A namespace of the same name abroad is not known to be sealed.
  const abroad = {
    matchLabels: { "io.cilium.k8s.policy.cluster": "abroad", "io.kubernetes.pod.namespace": "payments" },
  };
  const sealedAbroad = {
    matchLabels: { ...abroad.matchLabels, "io.cilium.k8s.namespace.labels.domicile.dev/sealed": "us" },
  };
  assert.equal(contain(cilium({ toEndpoints: [abroad] }, [{ toEndpoints: [sealedAbroad] }]), mesh).kind, "wider");
  assert.equal(contain(cilium({ toEndpoints: [{}] }), allowed).kind, "contained");
});
