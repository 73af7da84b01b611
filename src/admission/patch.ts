import { createPatch, type Operation } from "rfc6902";

/**
 * The operations that turn the object as received into the wanted one, by RFC 6902; none when they are equal. What
 * the two share by reference is not walked, so the cost does not grow with the rest of the object.
 */
export const patchBetween = (received: object, wanted: object): readonly Operation[] => createPatch(received, wanted);

/** A patch as an AdmissionReview carries it: JSON in base64. */
export const encodePatch = (patch: readonly Operation[]): string =>
  Buffer.from(JSON.stringify(patch), "utf8").toString("base64");
