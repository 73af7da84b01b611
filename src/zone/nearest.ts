import { editDistance } from "../oci/edit-distance.ts";

/** The one name that `text` was probably meant to be: the nearest, at most two slips away; undefined when two are. */
export const nearest = (text: string, names: Iterable<string>): string | undefined => {
  if (text.length > 64) return undefined;
  const near = [...names]
    .filter((name) => name !== text && Math.abs(name.length - text.length) <= farthest)
    .map((name) => ({ name, distance: editDistance(text.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best, second] = near;
  if (best === undefined || best.distance > limit(best.name) || best.distance === second?.distance) return undefined;
  return best.name;
};

const farthest = 2;

/** In a name of four letters two slips make another word. */
const limit = (name: string): number => (name.length > 5 ? farthest : 1);
