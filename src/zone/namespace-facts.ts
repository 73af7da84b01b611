import { podSecurityLabel, sealedLabel, zoneLabel } from "../api/names.ts";
import type { NamespaceFacts } from "./facts.ts";
import { field } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a Namespace; undefined for what is no object of the API server. */
export const projectNamespace = (raw: unknown): NamespaceFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { name, uid, deleting, labels } = metadata;
  return {
    name,
    uid,
    zone: label(labels, zoneLabel),
    sealed: label(labels, sealedLabel),
    podSecurity: label(labels, podSecurityLabel),
    deleting,
  };
};

/** A label that is there but empty is there: it names a zone that does not exist, and never means "no zone". */
const label = (labels: unknown, key: string): string | undefined => {
  const value = field(labels, key);
  return typeof value === "string" ? value : undefined;
};
