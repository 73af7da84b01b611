/** Every metric Domicile exposes besides those of its process; docs/metrics.md is generated from this table. */
export const metricsTable = {
  domicile_admission_decisions_total: {
    type: "counter",
    help: "Reviews decided, by webhook path, decision, reason and zone.",
    labels: ["path", "decision", "reason", "zone"],
  },
  domicile_admission_seconds: {
    type: "histogram",
    help: "Time from a parsed review to its answer, in seconds.",
    labels: ["path"],
  },
  domicile_reconcile_total: {
    type: "counter",
    help: "Reconciles, by controller and outcome.",
    labels: ["controller", "outcome"],
  },
  domicile_watch_problems_total: {
    type: "counter",
    help: "Faults a watch survived, by resource.",
    labels: ["resource"],
  },
  domicile_watch_age_seconds: {
    type: "gauge",
    help: "Time since the API server last said anything about a resource, in seconds.",
    labels: ["store"],
  },
  domicile_store_objects: {
    type: "gauge",
    help: "Objects that this replica keeps of a resource; equal in all replicas while nothing changes.",
    labels: ["store"],
  },
  domicile_leader: { type: "gauge", help: "1 while this replica runs the controllers, 0 otherwise.", labels: [] },
  domicile_nodes: { type: "gauge", help: "Nodes, by zone and verdict.", labels: ["zone", "verdict"] },
  domicile_pods: {
    type: "gauge",
    help: "Bound pods of a zone that have not ended, by place.",
    labels: ["zone", "place"],
  },
  domicile_workloads_out_of_place: {
    type: "gauge",
    help: "Workloads of a zone that have pods on nodes that are not verified for it.",
    labels: ["zone"],
  },
  domicile_neighbours: {
    type: "gauge",
    help: "Pods outside a zone, on its verified nodes, that are privileged or mount a path of their node: they could read what the zone's pods hold there.",
    labels: ["zone"],
  },
  domicile_pods_labelled_outside: {
    type: "gauge",
    help: "Pods that bear a zone's label themselves in namespaces that are not in it: nothing holds or isolates them.",
    labels: ["zone"],
  },
  domicile_policies_not_contained: {
    type: "gauge",
    help: "Policies of others, of whatever kind, that open more of a zone's namespaces than the zone allows, or of which nobody can tell.",
    labels: ["zone"],
  },
  domicile_exposures_not_listed: {
    type: "gauge",
    help: "Services, endpoints, Ingresses, routes, grants and exports in a zone's namespaces that lead into it or out of it and that it does not list, or whose balancer sends to other nodes than the zone's.",
    labels: ["zone"],
  },
  domicile_evictions_total: {
    type: "counter",
    help: "Tries to evict a pod of a zone from a node that is not verified for it, by outcome: granted, refused (by a PodDisruptionBudget, for the most part) or gone.",
    labels: ["zone", "outcome"],
  },
  domicile_zone_condition: {
    type: "gauge",
    help: "A condition in a zone's status: 1 True, 0 False, -1 Unknown.",
    labels: ["zone", "type"],
  },
  domicile_canary: {
    type: "gauge",
    help: "What came of the last try of a zone's guards, by door (pods, bindings): 1 refused as it must be, 0 let in, -1 no answer.",
    labels: ["zone", "door"],
  },
  domicile_repairs_total: {
    type: "counter",
    help: "Objects put back because they were not as written, by kind.",
    labels: ["kind"],
  },
  domicile_registration_hindered: {
    type: "gauge",
    help: "1 while this replica leads and may neither make nor repair the webhook configurations, because the ClusterRole that owns them or the Deployment is missing or being deleted; 0 otherwise.",
    labels: [],
  },
  domicile_certificate_expiry_timestamp_seconds: {
    type: "gauge",
    help: "When a certificate of the webhooks ends, in seconds since 1970: leaf, which is served, or ca, which signed the latest.",
    labels: ["certificate"],
  },
} as const;

/** The name of a metric, as it is scraped. */
export type MetricName = keyof typeof metricsTable;
