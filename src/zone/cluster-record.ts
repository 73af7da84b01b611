import { parseCluster } from "./parse-cluster.ts";
import { recordOf } from "./record-of.ts";
import type { ClusterRecord } from "./record.ts";

/** What is kept of a RemoteCluster, valid or not; undefined for what is no object of the API server. */
export const projectCluster = (raw: unknown): ClusterRecord | undefined => {
  const record = recordOf(raw);
  return record && { ...record, parsed: parseCluster(raw) };
};
