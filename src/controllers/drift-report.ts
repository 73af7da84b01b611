import { explain } from "../api/reasons.ts";
import { verdict } from "../placement/verdict.ts";
import type { PodFacts } from "../zone/facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { workloadOf } from "../zone/workload.ts";
import type { World } from "../zone/world.ts";
import { driftReason } from "./drift-reason.ts";
import type { Events, Regarding } from "./events.ts";

/** Tells of pods out of place, one event for each workload, once until all its pods are in place again. */
export type DriftReport = {
  /** True while more workloads are to be told of than one look tells. */
  readonly tell: (
    record: ZoneRecord,
    verified: number,
    away: readonly PodFacts[],
    signal: AbortSignal,
  ) => Promise<boolean>;
  readonly forget: (zone: string) => void;
  /** Whether some workload of the zone was told of and may be whole again. */
  readonly remembers: (zone: string) => boolean;
};

/** Events that one look writes: a zone that loses its nodes may have 10,000 workloads, and evictions wait meanwhile. */
const atOnce = 100;
/** Pods that an event names. */
const named = 5;

/** The reports of one term of leading: a new leader tells once more what is still out of place. */
export const makeDriftReport = ({ world, events }: { readonly world: World; readonly events: Events }): DriftReport => {
  const told = new Map<string, ReadonlySet<string>>();
  return {
    forget: (zone) => void told.delete(zone),
    remembers: (zone) => told.has(zone),
    tell: async (record, verified, away, signal) => {
      const workloads = Map.groupBy(away, (pod) => `${pod.namespace}/${workloadOf(pod)}`);
      const before = told.get(record.name) ?? new Set();
      const fresh = [...workloads].filter(([workload]) => !before.has(workload));
      const now = fresh.slice(0, atOnce);
      const still = [...before].filter((workload) => workloads.has(workload));
      if (workloads.size === 0) told.delete(record.name);
      else told.set(record.name, new Set([...still, ...now.map(([workload]) => workload)]));
      for (const [workload, pods] of now) {
        const [first] = pods;
        if (first === undefined) continue;
        const reason = first.mirror ? "MirrorPod" : driftReason(record, verified);
        await events.report({
          regarding: regarding(world, first),
          zone: record.name,
          type: "Warning",
          reason,
          action: "Judge",
          note: explain(reason, `Zone ${record.name}: ${workload} has ${placesOf(world, record, pods)}.`),
          signal,
        });
      }
      return now.length < fresh.length;
    },
  };
};

/** What an event about a pod is about: its controller, or itself where it has none; of static pods their node. */
export const regarding = (world: World, pod: PodFacts): Regarding => {
  if (pod.mirror) {
    const name = pod.node ?? "";
    return { apiVersion: "v1", kind: "Node", name, uid: world.nodes.get(name)?.uid ?? "" };
  }
  const { apiVersion, kind, name, uid } = pod.owner ?? { apiVersion: "v1", kind: "Pod", ...pod };
  return { apiVersion, kind, name, uid, namespace: pod.namespace };
};

const placesOf = (world: World, { parsed }: ZoneRecord, pods: readonly PodFacts[]): string => {
  const places = pods.slice(0, named).map(({ name, node = "" }) => {
    const facts = world.nodes.get(node);
    const why = facts === undefined ? "gone" : parsed.ok ? verdict(world, facts, parsed.value).reason : "unjudged";
    return `${name} on ${node} (${why})`;
  });
  const rest = pods.length - places.length;
  return `${pods.length} out of place: ${places.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};
