import * as fc from "fast-check";
import type { Pod } from "../../src/api/kubernetes.ts";

/** Who asks: what they say of themselves, and what the API server believes. */
const askers = ["administrator", "node", "pretended node"] as const;
export type Asker = (typeof askers)[number];

/** A request as a test sends it; `onto` names the stored pod that an update changes. */
export type Request = {
  readonly namespace: string;
  readonly asker: Asker;
  readonly onto: "nothing" | "gated" | "plain";
  readonly pod: Pick<Pod, "metadata"> & { readonly spec: Readonly<Record<string, unknown>> };
};

const label = (zone: string): string => `domicile.dev.node-restriction.kubernetes.io/${zone}`;

/** The API server sends the keys of a map in order. */
const inOrder = (map: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Weighted to what decides: most random pods would be refused for the first thing in them. */
const unpinned = fc.dictionary(
  fc.constantFrom(
    label("us"),
    label("us"),
    label("eu"),
    label("nowhere"),
    "disktype",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
  ),
  fc.constantFrom("verified", "verified", "verified", "no", "us-phoenix-1", "phx", "uk-london-1"),
  { maxKeys: 3 },
);
const selector = unpinned.map(inOrder);
const pinned = unpinned.map((more) => inOrder({ ...more, [label("us")]: "verified" }));

const expression = fc.record({
  key: fc.constantFrom(label("us"), label("eu"), "topology.kubernetes.io/region", "disktype"),
  operator: fc.constantFrom("In", "NotIn"),
  values: fc.array(fc.constantFrom("verified", "us-phoenix-1", "uk-london-1"), { minLength: 1, maxLength: 2 }),
});
const field = fc.record({
  key: fc.constant("metadata.name"),
  operator: fc.constant("In"),
  values: fc.constant(["somewhere"]),
});
const term = fc.oneof(
  fc.record({ matchExpressions: fc.array(expression, { minLength: 1, maxLength: 2 }) }),
  fc.record({ matchFields: fc.array(field, { minLength: 1, maxLength: 1 }) }),
);
const affinity = fc.array(term, { minLength: 1, maxLength: 3 }).map((nodeSelectorTerms) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
}));

const annotations = fc.dictionary(
  fc.constantFrom(
    "k8s.v1.cni.cncf.io/networks",
    "v1.multus-cni.io/default-network",
    "example.com/note",
    "example.com/x",
  ),
  fc.constantFrom("", "a"),
  { maxKeys: 2 },
);
const owner = fc.constantFrom("ReplicaSet", "DaemonSet", "Job", "Node").map((kind) => ({
  apiVersion: kind === "Job" ? "batch/v1" : kind === "Node" ? "v1" : "apps/v1",
  kind,
  name: "somebody",
  uid: "00000000-0000-0000-0000-000000000001",
  controller: true,
}));

const toleration = fc.constantFrom<object>(
  { key: "exclusive.domicile.dev/us", operator: "Exists", effect: "NoSchedule" },
  { key: "exclusive.domicile.dev/us", operator: "Exists" },
  { key: "exclusive.domicile.dev/us", operator: "Equal", value: "yes" },
  { key: "exclusive.domicile.dev/us", operator: "Exists", effect: "NoExecute" },
  { key: "exclusive.domicile.dev/eu", operator: "Exists" },
  { key: "example.com/gpu", operator: "Exists" },
  { operator: "Exists" },
);

const mostly = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** Pods that the API server takes for valid: one that names its node has no gates, and a mirror pod names its node. */
const creation = (namespaces: readonly string[], node: { readonly name: string; readonly uid: string }) =>
  fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      asker: mostly<Asker>("administrator", fc.constantFrom(...askers)),
      mirror: fc.boolean(),
      nodeName: mostly("", fc.constantFrom(node.name, "nowhere", `long-${"x".repeat(58)}.${"y".repeat(60)}`)),
      nodeSelector: fc.oneof(pinned, pinned, selector),
      affinity: mostly<unknown>(undefined, affinity),
      annotations: mostly<Readonly<Record<string, string>>>({}, annotations),
      tolerations: fc.oneof(
        fc.constant([]),
        fc.constant([{ key: "exclusive.domicile.dev/us", operator: "Exists", effect: "NoSchedule" }]),
        fc.array(toleration, { maxLength: 3 }),
      ),
      gated: mostly(false, fc.constant(true)),
      owner: fc.option(owner),
      schedulerName: mostly("default-scheduler", fc.constant("another")),
    })
    .map(({ namespace, asker, ...random }): Request => {
      // A node may make mirror pods of its own, and nothing else.
      const mirror = asker === "node" || (random.mirror && random.nodeName !== "");
      const nodeName = asker === "node" ? node.name : random.nodeName;
      const ours = { apiVersion: "v1", kind: "Node", name: node.name, uid: node.uid, controller: true };
      return {
        namespace,
        asker,
        onto: "nothing",
        pod: {
          metadata: {
            annotations: { ...random.annotations, ...(mirror ? { "kubernetes.io/config.mirror": "abc" } : {}) },
            ...(asker === "node" ? { ownerReferences: [ours] } : {}),
            ...(asker !== "node" && random.owner !== null ? { ownerReferences: [random.owner] } : {}),
          },
          spec: {
            ...(nodeName === "" ? {} : { nodeName }),
            nodeSelector: random.nodeSelector,
            ...(random.affinity === undefined ? {} : { affinity: random.affinity }),
            ...(random.gated && nodeName === "" ? { schedulingGates: [{ name: "example.com/wait" }] } : {}),
            ...(random.tolerations.length === 0 ? {} : { tolerations: random.tolerations }),
            schedulerName: random.schedulerName,
          },
        },
      };
    });

/** Changes that the API server lets a stored pod have: a gated one is tightened or let go, any one is annotated. */
const update = (namespaces: readonly string[]) =>
  fc
    .record({
      namespace: fc.constantFrom(...namespaces),
      onto: fc.constantFrom("gated" as const, "plain" as const),
      nodeSelector: fc.oneof(pinned, selector, fc.constant({})),
      annotations,
      letGo: fc.boolean(),
    })
    .map(({ namespace, onto, nodeSelector, annotations: added, letGo }): Request => ({
      namespace,
      asker: "administrator",
      onto,
      pod: {
        metadata: { annotations: added },
        spec:
          onto === "plain"
            ? {}
            : { nodeSelector, ...(letGo ? {} : { schedulingGates: [{ name: "example.com/wait" }] }) },
      },
    }));

/** Random requests about pods in these namespaces; `node` is one that is there. */
export const requests = (
  namespaces: readonly string[],
  node: { readonly name: string; readonly uid: string },
): fc.Arbitrary<Request> =>
  fc.oneof({ weight: 3, arbitrary: creation(namespaces, node) }, { weight: 1, arbitrary: update(namespaces) });
