import type { StoredCondition } from "../api/conditions.ts";
import type { Parsed } from "./problem.ts";
import type { Enforcement, RemoteCluster, Zone } from "./zone.ts";

type Record = {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly finalizers: readonly string[];
  readonly conditions: readonly StoredCondition[];
};

/** A ResidencyZone as it stands in the cluster, valid or not. */
export type ZoneRecord = Record & {
  /** Read apart from the rest, so that a zone whose regions became invalid still enforces. Enforce if unreadable. */
  readonly enforcement: Enforcement;
  /** User names; read apart for the same reason. Kubernetes' own scheduler if unreadable. */
  readonly schedulers: readonly string[];
  /** spec.namespaces, read apart likewise: a zone whose regions became invalid still keeps its namespaces. */
  readonly namespaces: readonly string[];
  /** Whether it asks for nodes of its own; read apart likewise, or its pods would lose the toleration and wait. */
  readonly exclusive: boolean;
  /** Names of spec.egress.clusters, read apart likewise: what a zone approved stays approved while it is not valid. */
  readonly approves: readonly string[];
  readonly parsed: Parsed<Zone>;
  /** The status without its conditions, as last written. */
  readonly status: unknown;
};

/** A RemoteCluster as it stands in the cluster, valid or not. */
export type ClusterRecord = Record & { readonly parsed: Parsed<RemoteCluster> };
