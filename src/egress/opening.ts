import { overlaps, setOf, subtract } from "../cidr/set.ts";
import { blockOf } from "../cidr/block.ts";
import { firstOf } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import type { Cover } from "./cover.ts";
import { together } from "./flow.ts";
import type { Entry, Peers, Rule } from "./flow.ts";
import { meeting, uncovered } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { cut, edgesOf, hasPort, protocols } from "./port-set.ts";
import type { PortRange } from "./port-set.ts";
import { addressEnd, podEnd, portIn } from "./witness.ts";
import type { End, Witness } from "./witness.ts";

/** What a rule opens beyond a cover, by the field that names it; no witness where it cannot be told. */
export type Opening = { readonly path: string; readonly witness: Witness | undefined };

/**
 * A connection that `rule` opens, that none of the `blocked` rules before it takes away, and that `cover` does not
 * allow; `world` is every pod there may be. Ports are cut where cover or blocks change: between two cuts every port is like every other, so that one
 * comparison of sets of peers speaks for all of them.
 */
export function opening(rule: Rule, blocked: readonly Rule[], cover: Cover, world: PodSet): Opening | undefined {
  const { addresses } = together(rule.entries);
  const entries = rule.entries.map((entry) => ({
    ...entry,
    pods: entry.pods.map((set) => meeting(set, world)).filter((set) => set !== undefined),
  }));
  const seen = new Set<Peers>();
  for (const piece of piecesOf(rule, blocked, cover)) {
    const allowed = cover.at(piece.protocol, piece.first);
    const before = blocked.filter(({ ports }) => hasPort(ports, piece.protocol, piece.first));
    // Where nothing blocks, ports on which the same peers are allowed need one comparison.
    if (before.length === 0 && seen.has(allowed)) continue;
    if (before.length === 0) seen.add(allowed);
    const found = beyond(entries, addresses, [allowed, ...before.flatMap(({ entries }) => entries)]);
    if (found !== undefined) return { path: found.path, witness: found.end && witnessOf(rule, found.end, piece) };
  }
  return undefined;
}

/** The rule's ports between the edges; port 0, which nobody thinks of, comes last, so that a witness is one people know. */
const piecesOf = (rule: Rule, blocked: readonly Rule[], cover: Cover): readonly PortRange[] =>
  protocols
    .flatMap((protocol) => {
      const edges = [...cover.edges[protocol], ...blocked.flatMap(({ ports }) => edgesOf(ports, protocol))];
      edges.sort((a, b) => a - b);
      return rule.ports[protocol].flatMap((range) => cut(range, edges));
    })
    .toSorted((a, b) => Number(a.last === 0) - Number(b.last === 0));

const witnessOf = ({ direction }: Rule, end: End, piece: PortRange): Witness => ({
  direction,
  end,
  protocol: piece.protocol,
  port: portIn(piece),
});

type Beyond = { readonly path: string; readonly end: End | undefined };

/** An end that is among the entries and in none of the covers; without `end` where that cannot be told. */
function beyond(entries: readonly Entry[], addresses: CidrSet, covers: readonly Peers[]): Beyond | undefined {
  // One after another, so that what the zone covers, as it should, is settled by the first.
  const left = covers.reduce((rest, cover) => subtract(rest, cover.addresses), addresses);
  const end = addressEnd(left);
  if (end !== undefined) return { path: holderOf(entries, left), end };
  const pods = covers.flatMap((cover) => cover.pods);
  for (const entry of entries)
    for (const set of entry.pods) {
      const rest = uncovered(set, pods);
      if (rest !== undefined) return { path: entry.path, end: rest === "unknown" ? undefined : podEnd(rest) };
    }
  for (const { path, others } of entries) {
    const name = otherBeyond(others, covers);
    if (name !== undefined) return { path, end: { kind: "other", name } };
  }
  return undefined;
}

/** The field of the first entry that has the lowest of these addresses. */
function holderOf(entries: readonly Entry[], left: CidrSet): string {
  const lowest = firstOf(left);
  const one = setOf(lowest === undefined ? [] : [blockOf(lowest)]);
  return entries.find(({ addresses }) => overlaps(addresses, one))?.path ?? "spec";
}

function otherBeyond(others: Peers["others"], covers: readonly Peers[]): string | undefined {
  if (covers.some((cover) => cover.others === "every")) return undefined;
  if (others === "every") return "whoever has neither an address nor labels";
  return others.find((name) => !covers.some((cover) => cover.others !== "every" && cover.others.includes(name)));
}
