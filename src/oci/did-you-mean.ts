import { editDistance } from "./edit-distance.ts";
import { regionByIdentifier, regionOf, regions } from "./regions.ts";

/** Two typing errors are a slip; three make another region as likely as the one meant. */
const farthest = 2;

/**
 * The identifier that a text which is not an identifier was probably meant to be: another spelling of the region (`phx`,
 * `US_PHOENIX_1`), else the one identifier nearest to it. With `realm`, only regions of that realm are suggested.
 * Undefined when nothing is near, when two are equally near, and for text that is an identifier already.
 */
export function didYouMean(text: string, realm?: string): string | undefined {
  const inRealm = (candidate: { readonly realm: string }): boolean => realm === undefined || candidate.realm === realm;
  if (text.length > 64 || regionByIdentifier(text) !== undefined) return undefined;
  const plain = text.trim().toLowerCase();
  const spelled = regionOf(plain);
  if (spelled !== undefined) return inRealm(spelled) ? spelled.identifier : undefined;
  const near = regions
    .filter(inRealm)
    .map(({ identifier }) => ({ identifier, distance: editDistance(plain.replaceAll("_", "-"), identifier) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best, second] = near;
  if (best === undefined || best.distance > farthest || best.distance === second?.distance) return undefined;
  return best.identifier;
}
