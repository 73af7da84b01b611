import { isDeepStrictEqual } from "node:util";
import type { Reason } from "../api/reasons.ts";
import type { NamedSpec } from "../egress/compile.ts";
import { compileIn, type CompiledIn } from "../egress/compile-in.ts";
import type { Problem } from "../zone/problem.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";

/** The policies of a zone's namespaces, or why the last good ones are kept. */
export type ZonePolicies =
  | Extract<CompiledIn, { readonly kind: "compiled" }>
  | {
      readonly kind: "kept";
      readonly reason: Reason;
      readonly problems: readonly Problem[];
      /** What was compiled last; undefined when nothing was since this process began to lead. */
      readonly last: readonly NamedSpec[] | undefined;
    };

/** The policies of a zone as the World stands. */
export type PoliciesOf = (world: World, record: ZoneRecord) => ZonePolicies;

/**
 * Compiles a zone once for all its namespaces, and only when what it is compiled from has changed. While the outcome is
 * equal the same specs come back, so identity means "unchanged": somebody else's cluster or node must not make what is
 * put back look like what is written for the first time.
 */
export const rememberPolicies = (): PoliciesOf => {
  const memory = new Map<string, { readonly inputs: readonly unknown[]; readonly policies: ZonePolicies }>();
  return (world, record) => {
    const clusters = [...world.clusters.values()].map(({ parsed }) => parsed);
    const inputs = [record.parsed, world.apiServer, world.dns, world.ownNetworks, ...clusters];
    const known = memory.get(record.name);
    const unchanged = known !== undefined && same(known.inputs, inputs);
    const policies = unchanged
      ? known.policies
      : keep(known?.policies, compilePolicies(world, record, lastOf(known?.policies)));
    memory.set(record.name, { inputs, policies });
    return policies;
  };
};

// Stores keep an object's identity while its projection is equal, so this seldom looks deeper.
const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index] || isDeepStrictEqual(item, b[index]));

const keep = (known: ZonePolicies | undefined, next: ZonePolicies): ZonePolicies => {
  const last = lastOf(known);
  if (next.kind !== "compiled" || last === undefined || !isDeepStrictEqual(last, next.specs)) return next;
  // Whoever judges by them need not judge anew either.
  return known?.kind === "compiled" ? known : { ...next, specs: last };
};

const lastOf = (policies: ZonePolicies | undefined): readonly NamedSpec[] | undefined =>
  policies?.kind === "kept" ? policies.last : policies?.specs;

const compilePolicies = (
  world: World,
  { parsed }: ZoneRecord,
  last: readonly NamedSpec[] | undefined,
): ZonePolicies => {
  const kept = (reason: Reason, problems: readonly Problem[]): ZonePolicies => ({
    kind: "kept",
    reason,
    problems,
    last,
  });
  if (!parsed.ok) return kept("Invalid", parsed.problems);
  const compiled = compileIn(world, parsed.value);
  return compiled.kind === "compiled" ? compiled : kept(compiled.reason, compiled.problems);
};
