import assert from "node:assert/strict";
import { test } from "node:test";
import { findEnforcing } from "../../../src/egress/enforcing.ts";
import type { DaemonSetFacts, PodFacts } from "../../../src/zone/facts.ts";
import { pod, world } from "../world.ts";

const daemonSet = (
  where: string,
  container: string,
  parts: Partial<DaemonSetFacts> & { readonly args?: readonly string[] } = {},
): DaemonSetFacts => {
  const [namespace = "", name = ""] = where.split("/");
  const { args = [], ...rest } = parts;
  const image = `registry.example/${container}:v1@sha256:0123`;
  return {
    namespace,
    name,
    uid: `uid-${name}`,
    hostNetwork: true,
    containers: [{ name: container, image, args }],
    ...rest,
  };
};

const calico = daemonSet("kube-system/calico-node", "calico-node");
const flannel = daemonSet("kube-system/kube-flannel-ds", "kube-flannel");
const policies = { name: "kube-network-policies", image: "policies:v1", args: [] };

/** A pod of a DaemonSet on a node; all of these work on the node itself. */
const on = (node: string, { uid, name, namespace }: DaemonSetFacts, parts: Partial<PodFacts> = {}): PodFacts =>
  pod({
    namespace,
    name: `${name}-${node}`,
    node,
    selects: [],
    reachesNode: true,
    owner: { apiVersion: "apps/v1", kind: "DaemonSet", name, uid, deployment: undefined },
    ...parts,
  });

type Case = {
  readonly daemonSets?: readonly DaemonSetFacts[];
  readonly pods?: readonly PodFacts[];
  readonly nodes?: readonly string[];
  readonly gives: string;
  readonly says: RegExp;
};

const both = ["a", "b"];
const ready = (one: DaemonSetFacts) => both.map((node) => on(node, one));
const found = (one: DaemonSetFacts, says: RegExp): Case => ({
  daemonSets: [one],
  pods: ready(one),
  gives: "found EnforcerFound",
  says,
});

const cases: Readonly<Record<string, Case>> = {
  "where no DaemonSet is known, nothing is, and the sentence names what would be": {
    daemonSets: [daemonSet("monitoring/node-exporter", "node-exporter")],
    gives: "unknown EnforcerUnknown",
    says: /No DaemonSet of a known enforcer .* \(Calico, Cilium, kube-router, Antrea, OVN-Kubernetes, Weave Net, kube-network-policies\)/,
  },
  "Calico with a ready pod on every node is found, with its image and without its digest": found(
    calico,
    /^Calico \(DaemonSet kube-system\/calico-node, image registry\.example\/calico-node:v1\)\. Ready on 2 verified nodes\.$/,
  ),
  "Calico of the operator is found": found(daemonSet("calico-system/calico-node", "calico-node"), /^Calico/),
  "Canal is Calico, though flannel runs in its pods": found(
    daemonSet("kube-system/canal", "calico-node", {
      containers: [...flannel.containers, ...calico.containers],
    }),
    /^Calico \(DaemonSet kube-system\/canal, image .*calico-node:v1\)/,
  ),
  "Cilium is found": found(daemonSet("kube-system/cilium", "cilium-agent"), /^Cilium/),
  "kube-router is found": found(
    daemonSet("kube-system/kube-router", "kube-router", { args: ["--run-router=true", "--run-firewall=true"] }),
    /^kube-router/,
  ),
  "Antrea is found": found(daemonSet("kube-system/antrea-agent", "antrea-agent"), /^Antrea/),
  "OVN-Kubernetes is found": found(daemonSet("ovn-kubernetes/ovnkube-node", "ovn-controller"), /^OVN-Kubernetes/),
  "Weave Net is found": found(daemonSet("kube-system/weave-net", "weave-npc"), /^Weave Net/),
  "flannel with the container that enforces is found": found(
    { ...flannel, containers: [...flannel.containers, policies] },
    /^kube-network-policies \(DaemonSet kube-system\/kube-flannel-ds, image policies:v1\)/,
  ),
  "flannel alone enforces nothing, and that is known": {
    daemonSets: [flannel],
    pods: ready(flannel),
    gives: "missing EnforcerMissing",
    says: /Seen on nodes of the zone: flannel \(DaemonSet kube-system\/kube-flannel-ds\), which enforces no NetworkPolicy\. No known enforcer is beside it/,
  },
  "OKE's own pod networking enforces nothing": {
    daemonSets: [daemonSet("kube-system/vcn-native-ip-cni", "any")],
    pods: ready(daemonSet("kube-system/vcn-native-ip-cni", "any")),
    gives: "missing EnforcerMissing",
    says: /OCI VCN-native pod networking/,
  },
  "OKE's own pod networking with Calico beside it is enforced by Calico": {
    daemonSets: [daemonSet("kube-system/vcn-native-ip-cni", "any"), calico],
    pods: [...ready(daemonSet("kube-system/vcn-native-ip-cni", "any")), ...ready(calico)],
    gives: "found EnforcerFound",
    says: /^Calico/,
  },
  "flannel on nodes of others says nothing of the zone's": {
    daemonSets: [flannel],
    pods: [on("elsewhere", flannel)],
    gives: "unknown EnforcerUnknown",
    says: /No DaemonSet of a known enforcer/,
  },
  "kube-router whose firewall is switched off enforces nothing, and the argument is named": {
    daemonSets: [daemonSet("kube-system/kube-router", "kube-router", { args: ["--run-firewall=false"] })],
    pods: ready(daemonSet("kube-system/kube-router", "kube-router")),
    gives: "missing EnforcerMissing",
    says: /where --run-firewall=false switches enforcing off/,
  },
  "a DaemonSet that anybody called calico-node in a namespace of their own is not believed": {
    daemonSets: [daemonSet("shop/calico-node", "calico-node")],
    pods: ready(daemonSet("shop/calico-node", "calico-node")),
    gives: "unknown EnforcerUnknown",
    says: /No DaemonSet of a known enforcer/,
  },
  "nor is one without its container": {
    daemonSets: [daemonSet("kube-system/calico-node", "sleeper")],
    pods: ready(calico),
    gives: "unknown EnforcerUnknown",
    says: /No DaemonSet of a known enforcer/,
  },
  "nor one that is not on its nodes' network": {
    daemonSets: [{ ...calico, hostNetwork: false }],
    pods: ready(calico),
    gives: "unknown EnforcerUnknown",
    says: /No DaemonSet of a known enforcer/,
  },
  "a verified node without a pod of the enforcer is open, and named": {
    daemonSets: [calico],
    pods: [on("a", calico)],
    gives: "missing EnforcerMissing",
    says: /It has no pod on 1 of 2 verified nodes: b\./,
  },
  "a pod that is not ready is not known to enforce": {
    daemonSets: [calico],
    pods: [on("a", calico), on("b", calico, { ready: false })],
    gives: "unknown EnforcerUnknown",
    says: /not ready on 1 of 2 verified nodes: b,/,
  },
  "nor is one that is going": {
    daemonSets: [calico],
    pods: [on("a", calico, { deleting: true }), on("b", calico)],
    gives: "unknown EnforcerUnknown",
    says: /not ready on 1 of 2 verified nodes: a,/,
  },
  "a pod of another owner by the same name does not count": {
    daemonSets: [calico],
    pods: [on("a", calico), on("b", { ...calico, uid: "another" })],
    gives: "missing EnforcerMissing",
    says: /no pod on 1 of 2 verified nodes: b\./,
  },
  "two enforcers that share the nodes are enough": {
    daemonSets: [calico, daemonSet("kube-system/cilium", "cilium-agent")],
    pods: [on("a", calico), on("b", daemonSet("kube-system/cilium", "cilium-agent"))],
    gives: "found EnforcerFound",
    says: /^Calico .*; Cilium .*Ready on 2 verified nodes/,
  },
  "of many open nodes five are named": {
    daemonSets: [calico],
    nodes: ["a", "b", "c", "d", "e", "f", "g"],
    gives: "missing EnforcerMissing",
    says: /no pod on 7 of 7 verified nodes: a, b, c, d, e and 2 more\./,
  },
  "without a verified node nothing is known": {
    daemonSets: [calico],
    pods: ready(calico),
    nodes: [],
    gives: "unknown EnforcerUnknown",
    says: /^Seen: Calico .* No node of the zone is verified\.$/,
  },
};

for (const [sentence, { daemonSets = [], pods = [], nodes = both, gives, says }] of Object.entries(cases))
  test(sentence, () => {
    const { kind, reason, detail } = findEnforcing(world({ daemonSets, pods }), new Set(nodes));
    assert.equal(`${kind} ${reason}`, gives);
    assert.match(detail, says);
  });
