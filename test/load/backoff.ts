import type { Cluster } from "../cluster/cluster.ts";
import { field, type KubeObject } from "../cluster/objects.ts";

/** From a controller's FailedCreate until it made a pod. Of those that were scaled down or deleted before that nothing is said. */
export type Backoff = { readonly owner: string; readonly from: number; readonly ms: number };

/** How long controllers went on without a pod after FailedCreate: what outages cost them, their own waiting included. */
export type Backoffs = {
  /** Hears of every new pod. */
  readonly made: (pod: KubeObject) => void;
  readonly all: () => readonly Backoff[];
  readonly ended: Promise<unknown>;
};

/** Follows the FailedCreate events of these namespaces until the signal aborts. */
export const watchBackoffs = (cluster: Cluster, namespaces: readonly string[], signal: AbortSignal): Backoffs => {
  const failing = new Map<string, { readonly owner: string; readonly from: number }>();
  const over: Backoff[] = [];
  const judged = new WeakSet<KubeObject>();
  const fail = (event: KubeObject): void => {
    if (judged.has(event)) return;
    judged.add(event);
    const uid = String(field(event, "involvedObject.uid"));
    const owner = `${String(field(event, "involvedObject.kind"))} ${String(field(event, "involvedObject.name"))}`;
    if (!failing.has(uid)) failing.set(uid, { owner, from: performance.now() });
  };
  const follow = (namespace: string): Promise<void> =>
    cluster.admin.follow({ apiVersion: "v1", kind: "Event" }, (events) => events.forEach(fail), {
      namespace,
      fieldSelector: "reason=FailedCreate",
      signal,
    });
  return {
    made(pod) {
      const owners = (pod.metadata["ownerReferences"] ?? []) as readonly { readonly uid: string }[];
      for (const { uid } of owners) {
        const found = failing.get(uid);
        if (found === undefined) continue;
        failing.delete(uid);
        over.push({ ...found, ms: performance.now() - found.from });
      }
    },
    all: () => over,
    ended: Promise.all(namespaces.map(follow)),
  };
};
