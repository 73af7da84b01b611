import type { PolicyFacts } from "./facts.ts";
import { field, fields, textEntries } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a NetworkPolicy, whoever wrote it. */
export const projectPolicy = (raw: unknown): PolicyFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { namespace, name, uid, resourceVersion, labels } = metadata;
  return { namespace, name, uid, resourceVersion, labels: textEntries(labels), spec: fields(field(raw, "spec")) ?? {} };
};
