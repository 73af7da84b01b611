import { Type } from "typebox";

/** spec.drift of a ResidencyZone. */
export const zoneDrift = Type.Object(
  {
    action: Type.Enum(["Report", "Evict"], {
      description:
        "Report: status, events and metrics tell of such pods. Evict: they are also evicted, through the eviction API, so that PodDisruptionBudgets are heeded, and their controllers make them anew on verified nodes; a pod that no controller owns is not made anew. Only where the zone enforces and has a verified node, in sealed namespaces, and never static pods. Default: Report.",
      default: "Report",
    }),
    maxPerMinute: Type.Integer({
      description:
        "With Evict, how many pods of the zone are evicted in a minute at most, 1 to 600, spread evenly over it. Default: 10.",
      format: "int32",
      minimum: 1,
      maximum: 600,
      default: 10,
    }),
    maxUnavailable: Type.Integer({
      description:
        "With Evict, how many pods of a workload may be unavailable at most when one is evicted, 1 to 1000: that one, and those that are not ready, going, or evicted within ten minutes and not made anew. Pods that are not ready themselves are evicted all the same. Each pod of a DaemonSet counts by itself. Default: 1.",
      format: "int32",
      minimum: 1,
      maximum: 1000,
      default: 1,
    }),
  },
  {
    description:
      "What is done about pods that run on nodes that are not verified for the zone: because their node was judged anew, because their namespace joined while they ran, or because they were admitted before Domicile. Left out, they are reported. Example: {action: Evict, maxPerMinute: 10, maxUnavailable: 1}.",
    default: {},
  },
);
