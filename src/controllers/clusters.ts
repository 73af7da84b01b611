import { isDeepStrictEqual } from "node:util";
import type { Condition } from "../api/conditions.ts";
import { fieldManagers } from "../api/names.ts";
import { explain } from "../api/reasons.ts";
import { applyStatus } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { sentenceOf } from "../zone/problem.ts";
import type { ClusterRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import { storedConditions } from "./conditions.ts";
import { settled, type Reconcile } from "./loop.ts";

type Parts = { readonly transport: Transport; readonly world: World; readonly now: () => Date };

/** Says in a RemoteCluster's status whether it is valid. */
export const reconcileCluster =
  ({ transport, world, now }: Parts): Reconcile =>
  async (name, signal) => {
    const record = world.clusters.get(name);
    if (record === undefined || record.deleting) return settled;
    const conditions = storedConditions(record.conditions, [accepted(record)], now());
    if (isDeepStrictEqual(record.conditions, conditions)) return settled;
    await applyStatus(
      transport,
      resources.remoteClusters,
      { metadata: { name, uid: record.uid }, status: { conditions } },
      { fieldManager: fieldManagers.status, force: true, signal },
    );
    return settled;
  };

const accepted = ({ parsed, generation }: ClusterRecord): Condition => {
  const base = { type: "Accepted", observedGeneration: generation } as const;
  return parsed.ok
    ? { ...base, status: "True", reason: "Accepted", message: explain("Accepted") }
    : { ...base, status: "False", reason: "Invalid", message: explain("Invalid", sentenceOf(parsed.problems)) };
};
