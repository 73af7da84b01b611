import { isDeepStrictEqual } from "node:util";
import { nodeLabel, nodeLabelValue } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import type { ReadStore } from "../kube/store.ts";
import { nextLook, verdict, type Verdict } from "../placement/verdict.ts";
import type { AttestationFacts, NodeFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import type { Zone } from "../zone/zone.ts";
import { foremost, type NotVerified } from "./not-verified.ts";
import { attestedBy, twinsOf } from "./twins.ts";

/** A cluster's nodes as one zone sees them. */
export type NodeCount = {
  readonly nodes: { readonly verified: number; readonly rejected: number; readonly unknown: number };
  /** How often each reason stands against a node, for the sentence that says why none is verified. */
  readonly against: ReadonlyMap<Reason, number>;
  /** Names of the verified ones. */
  readonly verified: ReadonlySet<string>;
  /** Those that are not, as far as the zone's status shows them. */
  readonly notVerified: readonly NotVerified[];
  /** When time alone may change this, in milliseconds since 1970; undefined for never. */
  readonly until: number | undefined;
};

/** Counts the nodes for a zone; one that is not valid is undefined. */
export type CountNodes = (world: World, name: string, zone: Zone | undefined) => NodeCount;

/**
 * Counts nodes; costs one verdict each. A zone that is not valid judges nobody: its nodes are those that bear its
 * label, and of the others nothing is known.
 */
export const countNodes: CountNodes = (world, name, zone) => tallyOf(world, name, zone).count();

/** Says which zones count otherwise than before, and gives the way to end it. */
export type Recounted = (hear: (zone: string) => void) => () => void;

/**
 * Counts nodes once, then only those that change, of which something is attested, or whose time is over: 5,000 verdicts are 30 ms, and pods that come and go ask for a census of
 * their zone twice a second. `recounted` tells of the zones whose count changed. `end` stops listening.
 */
export const rememberNodes = (
  world: World,
  nodes: Pick<ReadStore<NodeFacts>, "subscribe">,
  attestations: Pick<ReadStore<AttestationFacts>, "subscribe">,
): { readonly countNodes: CountNodes; readonly recounted: Recounted; readonly end: () => void } => {
  const memory = new Map<string, Tally>();
  const hearers = new Set<(zone: string) => void>();
  const lookAt = (touched: readonly string[], replaced: boolean): void => {
    for (const [zone, tally] of memory)
      if (!world.zones.has(zone)) memory.delete(zone);
      else if (tally.look(touched) || (replaced && tally.forget())) for (const hear of hearers) hear(zone);
  };
  const ends = [
    nodes.subscribe((node, before, after) =>
      lookAt([node, ...twinsOf(world, before, after)], before?.uid !== after?.uid),
    ),
    attestations.subscribe((_name, before, after) => lookAt(attestedBy(world, before, after), false)),
  ];
  return {
    end: () => ends.forEach((end) => end()),
    recounted: (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    countNodes: (_world, name, zone) => {
      const known = memory.get(name);
      if (known !== undefined && isDeepStrictEqual(known.zone, zone)) return known.count();
      const tally = tallyOf(world, name, zone);
      memory.set(name, tally);
      return tally.count();
    },
  };
};

type Judged = { readonly kind: Verdict["kind"]; readonly reason: Reason | undefined; readonly until?: number };

const isSame = (a: Judged | undefined, b: Judged | undefined): boolean =>
  a === b || (a?.kind === b?.kind && a?.reason === b?.reason && a?.until === b?.until);

/** What is remembered for one zone. */
type Tally = {
  readonly zone: Zone | undefined;
  /** Judges these nodes anew, and says whether that changed the count. */
  readonly look: (nodes: readonly string[]) => boolean;
  /** Forgets the sum and not the verdicts: a node that is judged as its namesake was is told of all the same. */
  readonly forget: () => true;
  readonly count: () => NodeCount;
};

const tallyOf = (world: World, name: string, zone: Zone | undefined): Tally => {
  const outcomes = new Map<string, Judged>();
  const judgedOf = new Map<string, Judged>();
  let counted: NodeCount | undefined;

  // The same objects for all nodes, or 5,000 nodes and 100 zones would be 500,000 of them.
  const shared = (kind: Judged["kind"], reason?: Reason): Judged => {
    const key = `${kind} ${reason}`;
    const known = outcomes.get(key) ?? { kind, reason };
    outcomes.set(key, known);
    return known;
  };
  const judge = (node: NodeFacts): Judged => {
    if (zone === undefined) return shared(node.labels[nodeLabel(name)] === nodeLabelValue ? "Verified" : "Unknown");
    const { kind, reason, until } = verdict(world, node, zone);
    return until === undefined ? shared(kind, reason) : { kind, reason, until };
  };
  const forget = (): true => {
    counted = undefined;
    return true;
  };
  const lookAt = (at: string): boolean => {
    const node = world.nodes.get(at);
    const judged = node && judge(node);
    if (isSame(judgedOf.get(at), judged)) return false;
    if (judged === undefined) judgedOf.delete(at);
    else judgedOf.set(at, judged);
    return forget();
  };
  const look = (nodes: readonly string[]): boolean => nodes.map(lookAt).includes(true);

  const count = (): NodeCount => {
    if ((counted?.until ?? Infinity) <= world.now)
      look([...judgedOf].filter(([, { until = Infinity }]) => until <= world.now).map(([at]) => at));
    return (counted ??= countOf(world, judgedOf));
  };

  look([...world.nodes.keys()]);
  return { zone, look, forget, count };
};

const countOf = (world: World, judgedOf: ReadonlyMap<string, Judged>): NodeCount => {
  const verified = new Set<string>();
  const against = new Map<Reason, number>();
  const notVerified: NotVerified[] = [];
  const nodes = { verified: 0, rejected: 0, unknown: 0 };
  for (const [name, { kind, reason }] of judgedOf) {
    nodes[counter[kind]] += 1;
    const uid = world.nodes.get(name)?.uid ?? "";
    if (kind === "Verified") verified.add(name);
    else if (reason !== undefined) {
      against.set(reason, (against.get(reason) ?? 0) + 1);
      notVerified.push({ name, uid, verdict: kind, reason });
    }
  }
  return {
    nodes,
    against,
    verified,
    notVerified: foremost(notVerified),
    until: nextLook(judgedOf.values()),
  };
};

const counter = { Verified: "verified", Rejected: "rejected", Unknown: "unknown" } as const;
