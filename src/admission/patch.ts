import { createPatch, type Operation } from "rfc6902";
import { isObject } from "./json.ts";

/**
 * The operations that turn the object as received into the wanted one, by RFC 6902; none when they are equal. What
 * the two share by reference is not walked, so the cost does not grow with the rest of the object.
 */
export const patchBetween = (received: object, wanted: object): readonly Operation[] =>
  createPatch(differing(received, wanted), differing(wanted, received));

/**
 * One side without the members that both share by reference: these are most of an object, and no patch names them.
 * What a prototype has under a key is no JSON, so it is never mistaken for a member that is shared.
 */
const differing = (one: unknown, other: unknown): unknown => {
  if (!isObject(one) || !isObject(other)) return one;
  const members: [string, unknown][] = [];
  for (const key of Object.keys(one))
    if (one[key] !== other[key])
      members.push([key, differing(one[key], Object.hasOwn(other, key) ? other[key] : undefined)]);
  return Object.fromEntries(members);
};

/** A patch as an AdmissionReview carries it: JSON in base64. */
export const encodePatch = (patch: readonly Operation[]): string =>
  Buffer.from(JSON.stringify(patch), "utf8").toString("base64");
