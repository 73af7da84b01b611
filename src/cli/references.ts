import { compile } from "../egress/compile.ts";
import { resolve } from "../zone/overlaps.ts";
import type { Problem } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { textOf, type Judgement } from "./judgement.ts";
import type { Reason } from "../api/reasons.ts";

/** What hinders zones outside themselves, and what cannot be known without a cluster. */
export type References = { readonly refused: readonly Judgement[]; readonly notes: readonly string[] };

/** Judges what valid zones refer to, as far as the files hold it. */
export const references = (world: World): References => {
  const found = [...world.zones.values()].map(({ name, parsed }): References => {
    if (!parsed.ok) return { refused: [], notes: [] };
    const zone = parsed.value;
    const missing = zone.egress.clusters.filter((cluster) => !world.clusters.has(cluster));
    const notes = missing.map((cluster) => `zone ${name} approves RemoteCluster ${cluster}, which is in no file.`);
    const there = {
      ...zone,
      egress: { ...zone.egress, clusters: zone.egress.clusters.filter((each) => !missing.includes(each)) },
    };
    const resolved = resolve(world, there);
    if (!resolved.ok) return { refused: byReason(name, resolved.problems), notes };
    // Where the API server is only a cluster knows.
    const compiled = compile({
      zone: { ...there, egress: { ...there.egress, apiServer: "Deny" } },
      clusters: resolved.clusters,
      apiServer: undefined,
    });
    if (compiled.kind === "compiled") return { refused: [], notes };
    const { reason, problems } = compiled;
    return {
      refused: byReason(
        name,
        problems.map((problem) => ({ ...problem, reason })),
      ),
      notes,
    };
  });
  return { refused: found.flatMap(({ refused }) => refused), notes: found.flatMap(({ notes }) => notes) };
};

const byReason = (zone: string, problems: readonly (Problem & { readonly reason: Reason })[]): readonly Judgement[] =>
  [...Map.groupBy(problems, ({ reason }) => reason)].map(([reason, found]) => ({
    object: `ResidencyZone ${zone}`,
    outcome: "refused",
    reason,
    problems: found.map(({ path, message }) => ({ field: path, found: message })),
    ...textOf(reason),
  }));
