import { must } from "../cluster/client.ts";
import { connect, type Cluster } from "../cluster/cluster.ts";
import { startKubelet, type Kubelet, type PodName } from "../cluster/kubelet.ts";
import { listener, type Ports } from "../cluster/listening.ts";
import { condition, field, ref, type KubeObject } from "../cluster/objects.ts";
import { addOutsideHosts, answerIn, type OutsideHosts } from "../cluster/outside.ts";
import { idle, packetsPossible, probeAll, probeFrom, type Met, type Target } from "../cluster/packets.ts";
import { startRouter } from "../cluster/router.ts";
import { applyZone, installDomicile, joinZone, startHome, untilZone } from "../e2e/domicile.ts";
import { namespaceOf } from "../e2e/resources.ts";
import { nodeLocal, nodeOther, otherZone, outside, outsidePorts, pods, zone, zoneSpec } from "./names.ts";
import type { Sender } from "./table.ts";

/** Two nodes with an enforcer each, hosts outside, and Domicile. */
export type Stage = {
  readonly cluster: Cluster;
  /** Runs Domicile. */
  readonly home: Kubelet;
  readonly nodes: Readonly<Record<"a" | "b", Kubelet>>;
  readonly hosts: OutsideHosts;
  /** Adds a pod that answers on these ports, or on none, and resolves when it is ready. */
  addPod(pod: PodName, node: "a" | "b", options?: PodOptions): Promise<void>;
  /** What is to be ended with the stage. */
  closing(end: () => Promise<void>): void;
  /** A pod's addresses, by family. */
  addressesOf(pod: PodName): Addresses;
  /** What packets of a pod, by its name or by that of the table, or of a host outside, meet. */
  send(from: PodName | Sender, targets: readonly Target[]): Promise<readonly Met[]>;
  /** Ends what runs; the cluster stays as it is, with Domicile installed. */
  close(): Promise<void>;
};
export type Addresses = { readonly v4: string; readonly v6: string };
export type PodOptions = {
  readonly ports?: Ports;
  /** Names of ports of its container. */
  readonly named?: Readonly<Record<number, string>>;
  readonly labels?: Readonly<Record<string, string>>;
};

/** Opens the stage, or says why packets cannot be tested here. */
export const openStage = async (): Promise<Stage | { readonly why: string }> => {
  const cluster = await connect();
  const possible = packetsPossible(cluster, "both");
  if (possible !== true) {
    await cluster.close();
    return possible;
  }
  const home = await startHome(cluster);
  const startNode = async (name: string): Promise<{ readonly node: Kubelet; stop(): Promise<void> }> => {
    const node = await startKubelet(cluster, {
      name,
      region: "us-ashburn-1",
      network: "own",
      run,
      // Domicile's own pods go where this label is.
      labels: { "domicile.test/kubelet": null },
    });
    const router = await startRouter(cluster, node);
    return {
      node,
      async stop() {
        await router.stop();
        await node.stop();
      },
    };
  };
  const [hosts, a, b] = await Promise.all([
    addOutsideHosts(Object.values(outside), outsidePorts),
    startNode("packets-a"),
    startNode("packets-b"),
    installDomicile(cluster),
  ]);
  const nodes = { a: a.node, b: b.node };
  const ends: (() => Promise<void>)[] = [];
  const where = new Map<string, { readonly node: Kubelet; readonly addresses: Addresses }>();
  const find = (pod: PodName) => {
    const found = where.get(`${pod.namespace}/${pod.name}`);
    if (found === undefined) throw new Error(`the stage has no pod ${pod.namespace}/${pod.name}`);
    return found;
  };
  return {
    cluster,
    home,
    nodes,
    hosts,
    async addPod(pod, at, options) {
      const made = await must(cluster.admin.create(manifest(pod, nodes[at].nodeName, options)));
      const ready = await cluster.admin.until(made, (now) => condition(now, "Ready") === "True", {
        describe: `pod ${pod.namespace}/${pod.name} runs`,
      });
      const [v4, v6] = [0, 1].map((index) => String(field(ready, `status.podIPs.${index}.ip`)));
      where.set(`${pod.namespace}/${pod.name}`, { node: nodes[at], addresses: { v4: v4 ?? "", v6: v6 ?? "" } });
    },
    closing: (end) => void ends.push(end),
    addressesOf: (pod) => find(pod).addresses,
    send(from, targets) {
      if (from === "outside") return probeFrom(hosts.namespace, targets);
      const pod = typeof from === "string" ? pods[from] : from;
      return probeAll(find(pod).node, pod, targets);
    },
    async close() {
      for (const end of ends) await end();
      await Promise.all([a.stop(), b.stop()]);
      await hosts.remove();
      await home.stop();
      await cluster.close();
    },
  };
};

/** Makes the zones, their namespaces and one outside, and the pods of the table. */
export const furnish = async (stage: Stage): Promise<void> => {
  const { cluster, nodes, addPod, closing } = stage;
  const { nodes: zoneNodes } = zoneSpec;
  await applyZone(cluster, zone, zoneSpec);
  await applyZone(cluster, otherZone, { nodes: zoneNodes, ingress: { isolation: "Open" } });
  for (const each of [zone, otherZone]) await untilZone(cluster, each, "NodesVerified", "True");
  await must(cluster.admin.create(namespaceOf(pods.free.namespace)));
  await cluster.admin.until(ref("v1", "ServiceAccount", "default", pods.free.namespace), () => true, {
    describe: `the service account of ${pods.free.namespace} is there`,
  });
  await Promise.all([
    joinZone(cluster, pods.client.namespace, zone),
    joinZone(cluster, pods.far.namespace, zone),
    joinZone(cluster, pods.other.namespace, otherZone),
    ...Object.values(nodes).map(async ({ network = "" }) =>
      closing(await answerIn(network, [nodeLocal, nodeOther], { tcp: [53, 9253], udp: [53] })),
    ),
  ]);
  const ports = { tcp: [8080, 53], udp: [53] };
  // What a pod says of itself decides nothing.
  const posing = { "k8s-app": "kube-dns", "domicile.dev/zone": zone, "domicile.dev/sealed": zone };
  await Promise.all([
    addPod(pods.client, "a", { ports, labels: { pod: "a" } }),
    addPod(pods.near, "a", { ports, labels: { pod: "b" } }),
    addPod(pods.far, "b", { ports, labels: { pod: "a" } }),
    addPod(pods.other, "a", { ports }),
    addPod(pods.free, "a", { ports }),
    addPod(pods.posing, "b", { ports, labels: posing }),
    addPod(pods.dns, "b", { ports, labels: { "k8s-app": "kube-dns" } }),
  ]);
};

/** What the nodes run for a container: what answers on the ports that its argument names, or nothing. */
const run = ({ args: [ports] = [] }: { readonly args?: readonly string[] }): readonly string[] =>
  ports === undefined ? idle() : listener(["::"], JSON.parse(ports) as Ports);

const manifest = (
  { name, namespace }: PodName,
  node: string,
  { ports, named = {}, labels = {} }: PodOptions = {},
): KubeObject => ({
  ...ref("v1", "Pod", name, namespace),
  metadata: { name, namespace, labels },
  spec: {
    nodeSelector: { "kubernetes.io/hostname": node },
    automountServiceAccountToken: false,
    containers: [
      {
        name: "main",
        image: "example/app",
        args: ports === undefined ? [] : [JSON.stringify(ports)],
        ports: Object.entries(named).map(([containerPort, called]) => ({
          name: called,
          containerPort: Number(containerPort),
        })),
      },
    ],
  },
});
