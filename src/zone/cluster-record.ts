import { metadataOf } from "./metadata.ts";
import { parseCluster } from "./parse-cluster.ts";
import type { ClusterRecord } from "./record.ts";
import { storedConditions } from "./stored-conditions.ts";

/** What is kept of a RemoteCluster, valid or not; undefined for what is no object of the API server. */
export const projectCluster = (raw: unknown): ClusterRecord | undefined => {
  const metadata = metadataOf(raw);
  if (metadata === undefined) return undefined;
  const { name, uid, generation, deleting, finalizers } = metadata;
  return {
    name,
    uid,
    generation,
    deleting,
    finalizers,
    conditions: storedConditions(raw),
    parsed: parseCluster(raw),
  };
};
