import { exclusiveEffect, exclusiveKey, fieldManagers, zoneOfExclusiveKey } from "../api/names.ts";
import { unlessGone } from "../kube/failure.ts";
import { jsonPatch, list } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { Verdict } from "../placement/verdict.ts";
import { isExclusive } from "../zone/exclusive.ts";
import type { NodeFacts } from "../zone/facts.ts";
import { field, items, text } from "../zone/json.ts";
import type { World } from "../zone/world.ts";

/** Which zones' taints a node is to get, and which it is to lose. */
export type TaintPlan = { readonly add: readonly string[]; readonly remove: readonly string[] };

/**
 * A node bears the taint of each zone that keeps its nodes to itself and for which it is verified. Unlike a label, one
 * that is nobody's any more goes, also when its zone is gone: it would keep everybody out. A zone that is not valid
 * judges nobody, so of its taints nothing changes.
 */
export const planTaints = (
  world: World,
  { taintKeys }: NodeFacts,
  verdicts: ReadonlyMap<string, Verdict>,
): TaintPlan => {
  const borne = new Set(taintKeys.flatMap((key) => zoneOfExclusiveKey(key) ?? []));
  const isKept = (zone: string): boolean => {
    const record = world.zones.get(zone);
    return record !== undefined && isExclusive(record);
  };
  const wanted = [...verdicts].flatMap(([zone, { kind }]) => (kind === "Verified" && isKept(zone) ? [zone] : []));
  const undecided = (zone: string): boolean => isKept(zone) && !verdicts.has(zone);
  return {
    add: wanted.filter((zone) => !borne.has(zone)),
    remove: [...borne].filter((zone) => !wanted.includes(zone) && !undecided(zone)),
  };
};

/**
 * Carries out a plan. The list of taints is one value that many write, and the store keeps only its keys, so it is read
 * anew and replaced as long as it is what was read: what others put there stays. Whoever wrote in between makes this
 * fail, and the loop looks again.
 */
export const writeTaints = async (
  transport: Transport,
  { name, uid }: NodeFacts,
  { add, remove }: TaintPlan,
  signal: AbortSignal,
): Promise<void> => {
  if (add.length === 0 && remove.length === 0) return;
  const { items: found } = await list(transport, resources.nodes, { fieldSelector: `metadata.name=${name}`, signal });
  const [node] = found;
  if (node?.metadata.uid !== uid) return;
  const before = items(field(field(node, "spec"), "taints"));
  const keys = before.map((taint) => text(field(taint, "key")) ?? "");
  const lost = new Set(remove.map(exclusiveKey));
  const after = [
    ...before.filter((_taint, at) => !lost.has(keys[at] ?? "")),
    ...add
      .map(exclusiveKey)
      .filter((key) => !keys.includes(key))
      .map((key) => ({ key, effect: exclusiveEffect })),
  ];
  await unlessGone(
    jsonPatch(
      transport,
      resources.nodes,
      { name },
      [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "test", path: "/spec/taints", value: before.length > 0 ? before : null },
        { op: "add", path: "/spec/taints", value: after },
      ],
      { fieldManager: fieldManagers.nodes, signal },
    ),
  );
};
