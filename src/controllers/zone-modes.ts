import type { Enforcement } from "../zone/zone.ts";

/** What webhook entries differ by, of each zone by name. */
export type ZoneModes = ReadonlyMap<
  string,
  { readonly enforcement: Enforcement; readonly schedulers: readonly string[]; readonly exclusive: boolean }
>;

/** The zones in one mode, by name, sorted. */
export const zonesIn = (zones: ZoneModes, mode: Enforcement): readonly string[] =>
  [...zones]
    .filter(([, { enforcement }]) => enforcement === mode)
    .map(([name]) => name)
    .toSorted();

/** The zones that refuse nothing. */
export const lenientZones = (zones: ZoneModes): readonly string[] => [
  ...zonesIn(zones, "Warn"),
  ...zonesIn(zones, "Audit"),
];
