import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { Metadata } from "../../../src/zone/metadata.ts";
import { projectDaemonSet } from "../../../src/zone/daemon-set-facts.ts";
import { projectNamespace } from "../../../src/zone/namespace-facts.ts";
import { projectNode } from "../../../src/zone/node-facts.ts";
import { ownNetworks, projectServiceCidr } from "../../../src/zone/own-networks.ts";
import { projectPod } from "../../../src/zone/pod-facts.ts";
import { workloadOf } from "../../../src/zone/workload.ts";
import { projectPolicy } from "../../../src/zone/policy-facts.ts";

const meta = (parts: object = {}) => ({ name: "a", uid: "uid-a", resourceVersion: "7", ...parts });
const kept = { name: "a", uid: "uid-a" } satisfies Partial<Metadata>;

test("of a DaemonSet is kept what its containers are called, run and are told, and no environment", () => {
  const container = {
    name: "kube-router",
    image: "kube-router:v2",
    args: ["--run-firewall=true"],
    env: [{ name: "KEY" }],
  };
  const template = { spec: { hostNetwork: true, containers: [{ ...container, command: ["/bin/it"] }, {}] } };
  assert.deepEqual(projectDaemonSet({ metadata: meta({ namespace: "kube-system" }), spec: { template } }), {
    ...kept,
    namespace: "kube-system",
    hostNetwork: true,
    containers: [
      { name: "kube-router", image: "kube-router:v2", args: ["/bin/it", "--run-firewall=true"] },
      { name: "", image: "", args: [] },
    ],
  });
});

describe("what is kept of a Node", () => {
  test("is what it claims about where it is, and our own labels", () => {
    const node = projectNode({
      metadata: meta({
        creationTimestamp: "2026-01-01T00:00:00Z",
        labels: {
          "topology.kubernetes.io/region": "iad",
          "failure-domain.beta.kubernetes.io/zone": "US-ASHBURN-AD-1",
          "domicile.dev.node-restriction.kubernetes.io/us": "verified",
          "liqo.io/type": "virtual-node",
          "kubernetes.io/hostname": "10.0.0.7",
        },
      }),
      spec: { providerID: "ocid1.instance.oc1.iad.x", podCIDR: "10.244.0.0/24", taints: [{ key: "k" }, {}] },
      status: { nodeInfo: { machineID: "0b5c1d", bootID: "7f" } },
    });
    assert.deepEqual(node, {
      ...kept,
      created: Date.UTC(2026, 0, 1),
      deleting: false,
      providerID: "ocid1.instance.oc1.iad.x",
      labels: {
        "topology.kubernetes.io/region": "iad",
        "failure-domain.beta.kubernetes.io/zone": "US-ASHBURN-AD-1",
        "domicile.dev.node-restriction.kubernetes.io/us": "verified",
        "liqo.io/type": "virtual-node",
      },
      taintKeys: ["k"],
      podCIDRs: ["10.244.0.0/24"],
      addresses: [],
      machineID: "0b5c1d",
    });
  });

  test("a heartbeat changes nothing of it", () => {
    const beat = (version: string, at: string) =>
      projectNode({
        metadata: meta({ resourceVersion: version, annotations: { at } }),
        spec: { providerID: "ocid1.instance.oc1.iad.x" },
        status: { conditions: [{ type: "Ready", lastHeartbeatTime: at }] },
      });
    assert.deepEqual(beat("7", "2026-01-01T00:00:00Z"), beat("8", "2026-01-01T00:00:10Z"));
  });

  test("an empty providerID is none", () => {
    assert.equal(projectNode({ metadata: meta(), spec: { providerID: "" } })?.providerID, undefined);
  });

  test("both families of pod CIDRs count", () => {
    const podCIDRs = ["10.244.0.0/24", "fd00:1::/64"];
    assert.deepEqual(
      projectNode({ metadata: meta(), spec: { podCIDR: "10.244.0.0/24", podCIDRs } })?.podCIDRs,
      podCIDRs,
    );
  });
});

describe("what is kept of a Namespace", () => {
  test("is its three labels, and whether it is being deleted", () => {
    const labels = {
      "domicile.dev/zone": "us",
      "domicile.dev/sealed": "us",
      "pod-security.kubernetes.io/enforce": "baseline",
      other: "x",
    };
    assert.deepEqual(projectNamespace({ metadata: meta({ labels, deletionTimestamp: "2026-01-01T00:00:00Z" }) }), {
      ...kept,
      zone: "us",
      sealed: "us",
      podSecurity: "baseline",
      deleting: true,
    });
  });

  test("an empty zone label names a zone that does not exist, and is not no label", () => {
    assert.equal(projectNamespace({ metadata: meta({ labels: { "domicile.dev/zone": "" } }) })?.zone, "");
    assert.equal(projectNamespace({ metadata: meta() })?.zone, undefined);
  });
});

describe("what is kept of a Pod", () => {
  test("is where it runs, which zones it selects and whether it has ended", () => {
    const pod = projectPod({
      metadata: meta({
        namespace: "shop",
        creationTimestamp: "2026-01-01T00:00:00Z",
        labels: { "domicile.dev/zone": "eu" },
      }),
      spec: {
        nodeName: "n",
        nodeSelector: {
          "domicile.dev.node-restriction.kubernetes.io/us": "verified",
          "domicile.dev.node-restriction.kubernetes.io/eu": "no",
          disk: "ssd",
        },
      },
      status: { phase: "Succeeded", podIP: "10.0.0.7", podIPs: [{ ip: "10.0.0.7" }, { ip: "fd00::7" }, {}] },
    });
    assert.deepEqual(pod, {
      namespace: "shop",
      name: "a",
      uid: "uid-a",
      created: Date.UTC(2026, 0, 1),
      node: "n",
      selects: ["us"],
      addresses: ["10.0.0.7", "fd00::7"],
      labelled: "eu",
      ended: true,
      deleting: false,
      ready: false,
      owner: undefined,
      mirror: false,
      reachesNode: false,
    });
  });

  test("addresses of a pod that carries no zone's selector are not kept", () => {
    assert.deepEqual(projectPod({ metadata: meta(), status: { podIPs: [{ ip: "10.0.0.7" }] } })?.addresses, []);
  });

  const owned = (kind: string, name: string, hash?: string) => {
    const ownerReferences = [
      { apiVersion: "v1", kind: "Node", name: "n", uid: "other" },
      { apiVersion: "apps/v1", kind, name, uid: "uid-owner", controller: true },
    ];
    const labels = hash === undefined ? {} : { "pod-template-hash": hash };
    const pod = projectPod({ metadata: meta({ ownerReferences, labels }) });
    return { owner: pod?.owner, workload: pod && workloadOf(pod) };
  };
  const owners: Readonly<Record<string, readonly [ReturnType<typeof owned>, string, string | undefined]>> = {
    "a Deployment's pod": [owned("ReplicaSet", "api-7d9f", "7d9f"), "Deployment/api", "api"],
    "a pod of a bare ReplicaSet": [owned("ReplicaSet", "api-7d9f"), "ReplicaSet/api-7d9f", undefined],
    "a pod whose hash is another's": [owned("ReplicaSet", "api-7d9f", "aaaa"), "ReplicaSet/api-7d9f", undefined],
    "a pod whose ReplicaSet is nothing but the hash": [owned("ReplicaSet", "-x", "x"), "ReplicaSet/-x", undefined],
    "a StatefulSet's pod": [owned("StatefulSet", "db", "7d9f"), "StatefulSet/db", undefined],
  };
  for (const [what, [{ owner, workload }, wanted, deployment]] of Object.entries(owners))
    test(`${what} is one of ${wanted}`, () => {
      assert.equal(workload, wanted);
      assert.equal(owner?.uid, "uid-owner");
      assert.equal(owner?.deployment, deployment);
    });

  test("a pod that no controller owns is a workload of its own", () => {
    assert.equal(workloadOf({ name: "alone", owner: undefined }), "Pod/alone");
  });

  const reaching: Readonly<Record<string, readonly [object, boolean]>> = {
    "with a privileged container": [{ containers: [{}, { securityContext: { privileged: true } }] }, true],
    "with a privileged init container": [{ initContainers: [{ securityContext: { privileged: true } }] }, true],
    "with a privileged ephemeral container": [
      { ephemeralContainers: [{ securityContext: { privileged: true } }] },
      true,
    ],
    "that mounts a path of its node": [{ volumes: [{ emptyDir: {} }, { hostPath: { path: "/" } }] }, true],
    "without either": [
      { containers: [{ securityContext: { privileged: false } }], volumes: [{ emptyDir: {} }] },
      false,
    ],
  };
  for (const [what, [spec, reaches]] of Object.entries(reaching))
    test(`P20 a pod ${what} ${reaches ? "reaches" : "does not reach"} what others hold on its node`, () => {
      assert.equal(projectPod({ metadata: meta(), spec })?.reachesNode, reaches);
    });

  test("P6 a mirror pod is known by its annotation, whatever that says", () => {
    for (const value of ["3c5b", ""])
      assert.equal(
        projectPod({ metadata: meta({ annotations: { "kubernetes.io/config.mirror": value } }) })?.mirror,
        true,
      );
  });

  test("whether it is ready and whether it is going are told", () => {
    const conditions = [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: "True" },
    ];
    const pod = projectPod({ metadata: meta({ deletionTimestamp: "2026-01-01T00:00:00Z" }), status: { conditions } });
    assert.deepEqual([pod?.ready, pod?.deleting], [true, true]);
  });

  test("without a node it is bound to none", () => {
    assert.equal(projectPod({ metadata: meta(), spec: { nodeName: "" } })?.node, undefined);
  });
});

describe("what is kept of a NetworkPolicy", () => {
  test("is all of it, whoever wrote it", () => {
    const spec = { podSelector: {}, egress: [{}] };
    const policy = projectPolicy({
      metadata: meta({ name: "domicile-allow-2", namespace: "shop", labels: { a: "b" } }),
      spec,
    });
    const name = "domicile-allow-2";
    assert.deepEqual(policy, {
      ...kept,
      resourceVersion: "7",
      created: 0,
      name,
      namespace: "shop",
      labels: { a: "b" },
      spec,
    });
  });
});

describe("this cluster's own networks", () => {
  test("E6 are its ServiceCIDRs, the pod CIDRs of its nodes and the addresses of those, each once, in any order", () => {
    const stated = { b: ["10.244.0.0/24", "192.168.7.5"], a: ["10.244.1.0/24", "192.168.7.4"], c: ["10.244.0.0/24"] };
    const nodes = Object.entries(stated).flatMap(
      ([name, [podCIDR, address]]) =>
        projectNode({
          metadata: meta({ name }),
          spec: { podCIDR },
          status: {
            addresses: [
              { type: "Hostname", address: name },
              ...(address === undefined ? [] : [{ type: "InternalIP", address }]),
              { type: "ExternalIP", address: "2001:DB8:0::7" },
            ],
          },
        }) ?? [],
    );
    const services = projectServiceCidr({
      metadata: { name: "kubernetes", uid: "u" },
      spec: { cidrs: ["10.0.0.0/24"] },
    });
    const want = [
      { called: "services (ServiceCIDR kubernetes)", cidr: "10.0.0.0/24" },
      { called: "pods of node a", cidr: "10.244.1.0/24" },
      { called: "pods of node b", cidr: "10.244.0.0/24" },
      { called: "node a", cidr: "192.168.7.4/32" },
      { called: "node a", cidr: "2001:db8::7/128" },
      { called: "node b", cidr: "192.168.7.5/32" },
    ];
    for (const order of [nodes, nodes.toReversed()])
      assert.deepEqual(ownNetworks(order, services === undefined ? [] : [services]), want);
  });
});

test("E6 blocks that are stated take the place of all that is found of their kind, and of no other", () => {
  const node = projectNode({
    metadata: meta(),
    spec: { podCIDRs: ["10.244.0.0/24"] },
    status: { addresses: [{ type: "InternalIP", address: "192.168.7.4" }] },
  });
  const services = projectServiceCidr({ metadata: meta({ name: "kubernetes" }), spec: { cidrs: ["10.0.0.0/24"] } });
  assert.ok(node !== undefined && services !== undefined);
  assert.deepEqual(ownNetworks([node], [services], { pods: ["10.128.0.0/9", "fd00::/48"], nodes: [] }), [
    { called: "services (ServiceCIDR kubernetes)", cidr: "10.0.0.0/24" },
    { called: "pods (as installed)", cidr: "10.128.0.0/9" },
    { called: "pods (as installed)", cidr: "fd00::/48" },
  ]);
});

test("no projection throws, whatever an object holds", () => {
  const projections = [projectDaemonSet, projectNode, projectNamespace, projectPod, projectPolicy, projectServiceCidr];
  const anything = fc.record({ metadata: fc.oneof(fc.jsonValue(), fc.constant(meta())), spec: fc.jsonValue() });
  fc.assert(
    fc.property(fc.oneof(anything, fc.jsonValue()), (raw) => {
      for (const project of projections) project(raw);
    }),
  );
});
