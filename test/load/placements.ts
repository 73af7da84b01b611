import type { Cluster } from "../cluster/cluster.ts";
import { field, type KubeObject } from "../cluster/objects.ts";

/** A pod of a zone that is not where it belongs, in the first state in which that was seen. */
export type Misplaced = { readonly pod: string; readonly at: number; readonly why: string };

/** Every pod of the zone's namespaces that was ever seen. */
export type Placements = {
  readonly misplaced: () => readonly Misplaced[];
  /** Resolves when what watches has ended. */
  readonly ended: Promise<unknown>;
};

type Rule = { readonly nodeLabel: string; readonly verifiedNodes: readonly string[] };

/** Judges every state of every pod of these namespaces until the signal aborts; `made` hears of each pod once. */
export const watchPlacements = (
  cluster: Cluster,
  namespaces: { readonly inside: readonly string[]; readonly outside: readonly string[] },
  rule: Rule,
  made: (pod: KubeObject) => void,
  signal: AbortSignal,
): Placements => {
  const misplaced = new Map<string, Misplaced>();
  const known = new Set<string>();
  const judged = new WeakSet<KubeObject>();
  const look = (isInside: boolean, pod: KubeObject): void => {
    if (judged.has(pod)) return;
    judged.add(pod);
    const { uid = "", namespace, name } = pod.metadata;
    if (!known.has(uid)) made(pod);
    known.add(uid);
    const why = isInside ? whyMisplaced(pod, rule) : undefined;
    // Being bound abroad says more than the missing selector that led to it.
    if (why !== undefined)
      misplaced.set(uid, { pod: `${namespace}/${name}`, at: misplaced.get(uid)?.at ?? performance.now(), why });
  };
  const follow = (namespace: string, isInside: boolean): Promise<void> =>
    cluster.admin.follow({ apiVersion: "v1", kind: "Pod" }, (pods) => pods.forEach((pod) => look(isInside, pod)), {
      namespace,
      signal,
    });
  const following = [
    ...namespaces.inside.map((namespace) => follow(namespace, true)),
    ...namespaces.outside.map((namespace) => follow(namespace, false)),
  ];
  return { misplaced: () => [...misplaced.values()], ended: Promise.all(following) };
};

const whyMisplaced = (pod: KubeObject, { nodeLabel, verifiedNodes }: Rule): string | undefined => {
  const node = field(pod, "spec.nodeName");
  if (typeof node === "string" && !verifiedNodes.includes(node)) return `on node ${node}`;
  const selector = (field(pod, "spec.nodeSelector") ?? {}) as Readonly<Record<string, string>>;
  return selector[nodeLabel] === "verified" ? undefined : "without the zone's selector";
};
