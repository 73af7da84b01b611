import { must } from "../cluster/client.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { ref, type Manifest } from "../cluster/objects.ts";
import { oracleNode } from "../cluster/oracle.ts";
import { each } from "./each.ts";

/** How much a cluster holds. */
export type Size = { readonly nodes: number; readonly pods: number };

/** Regions of the nodes in turn; all but the last are a zone of their own, with one namespace. */
const regions = [
  "us-phoenix-1",
  "us-ashburn-1",
  "us-sanjose-1",
  "us-chicago-1",
  "us-saltlake-2",
  "eu-frankfurt-1",
  "eu-amsterdam-1",
  "uk-london-1",
  "ap-singapore-1",
] as const;

/** Zones with their region; each has a namespace of its name. */
export const zones = regions.slice(0, -1).map((region, at) => ({ name: `scale-${at}`, region }));
const outside = zones.map((_, at) => `elsewhere-${at}`);

/** Makes the namespaces; their service accounts need the controller-manager, and pods need those. */
export const makeNamespaces = async ({ admin }: Cluster): Promise<void> => {
  for (const namespace of [...zones.map(({ name }) => name), ...outside]) {
    await must(admin.create(ref("v1", "Namespace", namespace)));
    await admin.until(ref("v1", "ServiceAccount", "default", namespace), () => true, {
      describe: `namespace ${namespace} has a service account`,
    });
  }
};

/** Adds what is missing between two sizes. Pods are created bound, half of them in namespaces that will be the zones'. */
export const grow = async ({ admin }: Cluster, from: Size, to: Size): Promise<void> => {
  await each(range(from.nodes, to.nodes).map(nodeOf), (node) => must(admin.create(node)));
  await each(range(from.pods, to.pods), (at) => must(admin.create(podOf(at, to.nodes))));
};

/** Names of the nodes of a zone. */
export const nodesOf = (zone: number, { nodes }: Size): readonly string[] =>
  range(0, nodes)
    .filter((at) => at % regions.length === zone)
    .map(nodeName);

/** How many pods a zone has. */
export const podsOf = (zone: number, { pods }: Size): number =>
  range(0, pods).filter((at) => inZone(at) && zoneOf(at) === zone).length;

const inZone = (at: number): boolean => at % 2 === 0;
const zoneOf = (at: number): number => (at >> 1) % zones.length;

const nodeName = (at: number): string => `10.140.${at >> 8}.${at & 255}`;

const nodeOf = (at: number): Manifest => {
  const node = oracleNode({ name: nodeName(at), region: regions[at % regions.length] ?? regions[0] });
  const podCIDR = `10.${150 + (at >> 8)}.${at & 255}.0/24`;
  return { ...node, spec: { ...node.spec, podCIDR, podCIDRs: [podCIDR] } };
};

/** About 4 KB as the API server lists it: what a pod of a Deployment with a sidecar is. */
const podOf = (at: number, nodes: number): Manifest => {
  const service = `service-${at % 97}`;
  const zone = zoneOf(at);
  const node = (at % Math.floor(nodes / regions.length)) * regions.length + (inZone(at) ? zone : regions.length - 1);
  const env = range(0, 16).map((key) => ({ name: `SETTING_${key}`, value: "x".repeat(40) }));
  const container = (name: string) => ({ name, image: `registry.example/payments/${name}:1.2.3`, env });
  return {
    ...ref("v1", "Pod", `${service}-6f7c9d4b8-${at}`, (inZone(at) ? zones[zone]?.name : outside[zone]) ?? ""),
    spec: {
      containers: [container("main"), container("sidecar")],
      nodeName: nodeName(node),
      nodeSelector: inZone(at) ? { [`domicile.dev.node-restriction.kubernetes.io/scale-${zone}`]: "verified" } : {},
    },
  };
};

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);
