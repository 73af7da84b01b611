import type { Reason } from "../api/reasons.ts";
import { compileIn } from "../egress/compile-in.ts";
import type { Problem } from "../zone/problem.ts";
import type { World } from "../zone/world.ts";
import { textOf, type Judgement } from "./judgement.ts";

/** What hinders zones outside themselves, and what cannot be known without a cluster. */
export type References = { readonly refused: readonly Judgement[]; readonly notes: readonly string[] };

/** Judges what valid zones refer to, as far as files hold it: their clusters and networks, and how large their policies are. */
export const references = (world: World): References => {
  const found = [...world.zones.values()].map(({ name, parsed }): References => {
    if (!parsed.ok) return { refused: [], notes: [] };
    const { egress } = parsed.value;
    const missing = egress.clusters.filter((cluster) => !world.clusters.has(cluster));
    const notes = missing.map((cluster) => `zone ${name} approves RemoteCluster ${cluster}, which is in no file.`);
    const clusters = egress.clusters.filter((cluster) => !missing.includes(cluster));
    // Where the API server is only a cluster knows.
    const compiled = compileIn(world, { ...parsed.value, egress: { ...egress, clusters, apiServer: "Deny" } });
    if (compiled.kind === "compiled") return { refused: [], notes };
    return { refused: [unresolved(name, compiled)], notes };
  });
  return { refused: found.flatMap(({ refused }) => refused), notes: found.flatMap(({ notes }) => notes) };
};

/** A zone whose policies cannot be compiled. */
const unresolved = (
  zone: string,
  { reason, problems }: { readonly reason: Reason; readonly problems: readonly Problem[] },
): Judgement => ({
  object: `ResidencyZone ${zone}`,
  outcome: "refused",
  reason,
  problems: problems.map(({ path, message }) => ({ field: path, found: message })),
  ...textOf(reason),
});
