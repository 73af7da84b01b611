import type { StorageFacts } from "./facts.ts";
import { field, text } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a PersistentVolumeClaim; undefined for what is no object of the API server. */
export const projectClaim = (raw: unknown): StorageFacts | undefined => {
  const metadata = metadataOf(raw);
  return metadata && { kind: "claim", namespace: metadata.namespace, name: metadata.name };
};

/**
 * What is kept of a PersistentVolume that a claim of some namespace has, or had: a Released volume still holds what was
 * written. Undefined for one that nobody claimed.
 */
export const projectVolume = (raw: unknown): StorageFacts | undefined => {
  const metadata = metadataOf(raw);
  const namespace = text(field(field(field(raw, "spec"), "claimRef"), "namespace"));
  return metadata && namespace !== undefined ? { kind: "volume", namespace, name: metadata.name } : undefined;
};
