import { regionByIdentifier } from "./regions.ts";
import type { Region } from "./regions.ts";

/** OKE's region label in its two oldest regions is the key; everywhere else it is the identifier. */
const regionLabels: ReadonlyMap<string, string> = new Map([
  ["iad", "us-ashburn-1"],
  ["phx", "us-phoenix-1"],
]);

/** The availability domains of the two oldest regions, whose names do not contain the identifier. */
const zoneLabels: ReadonlyMap<string, string> = new Map([
  ["US-ASHBURN", "us-ashburn-1"],
  ["PHX", "us-phoenix-1"],
]);

/** The region that a node's region label names as OKE writes it (`iad`, `phx`, `us-chicago-1`), else undefined. */
export const regionFromLabel = (value: string): Region | undefined =>
  regionByIdentifier(regionLabels.get(value) ?? value);

/** The region that a node's zone label names as OKE writes it (`US-ASHBURN-AD-1`, `UK-LONDON-1-AD-3`), else undefined. */
export function regionFromZoneLabel(value: string): Region | undefined {
  const name = /^([A-Z0-9-]{1,63})-AD-[1-9]$/.exec(value)?.[1];
  return name === undefined ? undefined : regionByIdentifier(zoneLabels.get(name) ?? name.toLowerCase());
}
