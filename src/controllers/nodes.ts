import { fieldManagers, nodeLabel, nodeLabelValue, zoneOfNodeLabel } from "../api/names.ts";
import { explain } from "../api/reasons.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, jsonPatch, pointer } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { nextLook, verdict, type Verdict } from "../placement/verdict.ts";
import type { NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { againAt, settled, type Reconcile } from "./loop.ts";
import type { Events } from "./events.ts";
import { planTaints, writeTaints } from "./node-taints.ts";
import { elsewhere } from "./not-verified.ts";

type Parts = {
  readonly transport: Transport;
  readonly world: World;
  readonly events: Events;
  /** When this replica began to lead, in milliseconds since 1970. */
  readonly since: number;
};

/** What a node's labels of ours should become. A zone that says nothing sure about the node changes nothing. */
export type LabelPlan = {
  /** Zones whose label the node bears once the plan is carried out. */
  readonly keep: readonly string[];
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly verdicts: ReadonlyMap<string, Verdict>;
};

/**
 * Judges one node for every zone. A label stays while its zone is missing or not valid: losing it would not stop
 * what runs, but a kubelet that restarts would reject it.
 */
export const planLabels = (world: World, node: NodeFacts): LabelPlan => {
  const verdicts = new Map<string, Verdict>();
  for (const { name, parsed } of world.zones.values())
    if (parsed.ok) verdicts.set(name, verdict(world, node, parsed.value));

  const borne = Object.entries(node.labels).flatMap(([key, value]) => {
    const zone = zoneOfNodeLabel(key);
    return zone === undefined ? [] : [{ zone, right: value === nodeLabelValue }];
  });
  const verified = [...verdicts].filter(([, { kind }]) => kind === "Verified").map(([zone]) => zone);
  const remove = borne.map(({ zone }) => zone).filter((zone) => verdicts.has(zone) && !verified.includes(zone));
  const standing = borne.filter(({ zone, right }) => right && !remove.includes(zone)).map(({ zone }) => zone);
  const add = verified.filter((zone) => !standing.includes(zone));
  return { keep: [...new Set([...standing, ...verified])].toSorted(), add, remove, verdicts };
};

/** Reconciles the labels of one node, by its UID: what was decided of one machine is never written on its successor. */
export const reconcileNode = ({ transport, world, events, since }: Parts): Reconcile => {
  const told = new Map<string, { readonly uid: string; readonly verdicts: ReadonlyMap<string, Verdict> }>();
  return async (name, signal) => {
    const node = world.nodes.get(name);
    if (node === undefined || node.deleting) {
      told.delete(name);
      return settled;
    }
    const plan = planLabels(world, node);
    if (plan.remove.length > 0) await unlabel({ transport, node, zones: plan.remove, signal });
    // Before the label: what it lets in comes to a node that is closed to others.
    await writeTaints(transport, node, planTaints(world, node, plan.verdicts), signal);
    if (plan.add.length > 0) await label({ transport, node, zones: plan.keep, signal });

    const last = told.get(name);
    const known = last?.uid === node.uid ? last.verdicts : new Map<string, Verdict>();
    told.set(name, { uid: node.uid, verdicts: plan.verdicts });
    const placed = [...plan.verdicts.values()].some(({ kind }) => kind === "Verified");
    for (const [zone, { kind, reason, detail }] of plan.verdicts) {
      const before = known.get(zone);
      if (before?.kind === kind && before.reason === reason) continue;
      // A verified node that bears its label already was told of by whoever led before.
      if (kind === "Verified" && !plan.add.includes(zone)) continue;
      // So was one that is plainly elsewhere, unless it came while we lead; and one that has its zone is elsewhere for all
      // others, which would be 10,000 events for 1,000 nodes and ten zones.
      if (before === undefined && elsewhere.has(reason) && (placed || node.created < since)) continue;
      await events.report({
        regarding: { apiVersion: "v1", kind: "Node", name, uid: node.uid },
        zone,
        type: kind === "Verified" || elsewhere.has(reason) ? "Normal" : "Warning",
        reason,
        action: "Judge",
        note: explain(reason, `Zone ${zone}: ${kind}; ${detail}.`),
        signal,
      });
    }
    return againAt(nextLook(plan.verdicts.values()), world.now);
  };
};

type Write = {
  readonly transport: Transport;
  readonly node: NodeFacts;
  readonly zones: readonly string[];
  readonly signal: AbortSignal;
};

// With the UID an apply to a node deleted meanwhile fails; without it, it would create a ghost.
const label = async ({ transport, node, zones, signal }: Write): Promise<void> => {
  const labels = Object.fromEntries(zones.map((zone) => [nodeLabel(zone), nodeLabelValue]));
  await apply(
    transport,
    resources.nodes,
    { metadata: { name: node.name, uid: node.uid, labels } },
    { fieldManager: fieldManagers.nodes, force: true, signal },
  );
};

// By JSON Patch, for an apply that leaves a label out does not remove it while another manager owns it too. The
// store may be behind: a label that is gone already fails the patch, and the loop looks again.
const unlabel = async ({ transport, node, zones, signal }: Write): Promise<void> => {
  const steps = zones.map((zone) => ({ op: "remove", path: pointer("metadata", "labels", nodeLabel(zone)) }) as const);
  // The node is gone, and its labels with it.
  await unlessGone(
    jsonPatch(
      transport,
      resources.nodes,
      { name: node.name },
      [{ op: "test", path: "/metadata/uid", value: node.uid }, ...steps],
      { fieldManager: fieldManagers.nodes, signal },
    ),
  );
};
