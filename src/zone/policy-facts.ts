import type { PolicyFacts } from "./facts.ts";
import { field, fields, textEntries } from "./json.ts";
import { metadataOf } from "./metadata.ts";

/** What is kept of a NetworkPolicy, whoever wrote it. */
export const projectPolicy = (raw: unknown): PolicyFacts | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { namespace, name, uid, resourceVersion, created, labels } = metadata;
  const spec = fields(field(raw, "spec")) ?? {};
  return { namespace, name, uid, resourceVersion, created, labels: textEntries(labels), spec };
};
