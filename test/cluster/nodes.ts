import { must } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import type { KubeObject } from "./objects.ts";
import { condition, field } from "./objects.ts";
import type { NodeShape } from "./oracle.ts";
import { oracleNode } from "./oracle.ts";

/** Makes a node that KWOK runs (its pods become Running at once) and resolves when the scheduler may use it. */
export const addNode = async (cluster: Cluster, shape: NodeShape): Promise<KubeObject> => {
  const node = await must(cluster.admin.create(oracleNode({ ...shape, labels: { type: "kwok", ...shape.labels } })));
  return untilSchedulable(cluster, node);
};

/** Several nodes at once. */
export const addNodes = (cluster: Cluster, shapes: readonly NodeShape[]): Promise<readonly KubeObject[]> =>
  Promise.all(shapes.map((shape) => addNode(cluster, shape)));

/** Resolves when a node is Ready and the controller-manager has lifted the taints it puts on newcomers. */
export const untilSchedulable = (cluster: Cluster, node: KubeObject): Promise<KubeObject> =>
  cluster.admin.until(node, (now) => condition(now, "Ready") === "True" && !isTaintedAsNew(now), {
    describe: `node ${node.metadata.name} becomes Ready and loses its not-ready taint`,
  });

const isTaintedAsNew = (node: KubeObject): boolean => {
  const taints = (field(node, "spec.taints") ?? []) as readonly { readonly key: string }[];
  return taints.some(({ key }) => key === "node.kubernetes.io/not-ready");
};
