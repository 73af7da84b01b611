import { metadataOf } from "./metadata.ts";
import type { ClusterRecord } from "./record.ts";
import { storedConditions } from "./stored-conditions.ts";

/** What every record keeps, whatever its kind; undefined for what is no object of the API server. */
export const recordOf = (raw: unknown): Omit<ClusterRecord, "parsed"> | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { name, uid, generation, deleting, finalizers } = metadata;
  return { name, uid, generation, deleting, finalizers, conditions: storedConditions(raw) };
};
