import type { KeyObject } from "node:crypto";

/**
 * How a key signs, by what it is and never by what a signature says of itself: null for Ed25519, which has its own
 * digest, SHA-256 for ECDSA on P-256. Undefined for every other key.
 */
export const digestOf = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): "sha256" | null | undefined => {
  if (asymmetricKeyType === "ed25519") return null;
  return asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === "prime256v1" ? "sha256" : undefined;
};
