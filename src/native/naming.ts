import { list, quote } from "./cel.ts";
import type { Variable } from "./policy.ts";

/** A zone and names that it names. */
export type Naming = { readonly zone: string; readonly names: readonly string[] };

/** One CEL expression holds 100,000 characters; of so many zones the names are at most 70,000. */
const zonesAtOnce = 16;

/** The variable `as`: the zones that name `variables.name`, as a list. None where no zone names anything. */
export const namingZones = (as: string, namings: readonly Naming[]): readonly Variable[] => {
  const parts = Array.from({ length: Math.ceil(namings.length / zonesAtOnce) }, (_, at) => ({
    name: `${as}${at}`,
    expression: namings
      .slice(at * zonesAtOnce, (at + 1) * zonesAtOnce)
      .map(({ zone, names }) => `(variables.name in ${list(names)} ? [${quote(zone)}] : [])`)
      .join(" + "),
  }));
  if (parts.length === 0) return [];
  return [...parts, { name: as, expression: parts.map(({ name }) => `variables.${name}`).join(" + ") }];
};
