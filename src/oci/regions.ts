import data from "./regions.json" with { type: "json" };

/** A region of Oracle Cloud: `us-ashburn-1`, `iad`, `oc1`. Its identifier alone does not say whose it is: its realm does. */
export type Region = { readonly identifier: string; readonly key: string; readonly realm: string };

/** Every region that Oracle's own SDK knows, in all realms; regions.json names the release. */
export const regions: readonly Region[] = data.regions;

const byIdentifier = new Map(regions.map((region) => [region.identifier, region]));
const byKey = new Map(regions.map((region) => [region.key, region]));
const byUnderscored = new Map(regions.map((region) => [region.identifier.replaceAll("-", "_"), region]));
const realms = new Set(regions.map((region) => region.realm));

/** The region with this identifier (`us-ashburn-1`), exactly as Oracle writes it. */
export const regionByIdentifier = (text: string): Region | undefined => byIdentifier.get(text);

/** The region in any spelling that an OCID may carry: `us-ashburn-1`, `iad` or `us_ashburn_1`, lower case only. */
export const regionOf = (text: string): Region | undefined =>
  byIdentifier.get(text) ?? byKey.get(text) ?? byUnderscored.get(text);

/** Whether some known region is in this realm. */
export const isRealm = (text: string): boolean => realms.has(text);
