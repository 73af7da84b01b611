import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";

/** What the harness kubelet knows about a pod when it writes its status. */
export type PodFacts = {
  readonly pod: V1Pod;
  readonly phase: "Pending" | "Running" | "Succeeded" | "Failed";
  readonly podIPs: readonly string[];
  readonly hostIPs: readonly string[];
  readonly startTime: string;
  readonly containers: readonly V1ContainerStatus[];
  readonly initContainers: readonly V1ContainerStatus[];
  readonly initialized: boolean;
};

type Condition = {
  readonly type: string;
  readonly status: "True" | "False";
  readonly lastTransitionTime: string;
  readonly reason?: string;
};

/** The body of a strategic merge patch of pods/status; conditions keep the time of their last change from `before`. */
export const podStatus = (
  facts: PodFacts,
  before: readonly Condition[],
): { readonly status: { readonly conditions: readonly Condition[] } } => {
  const live = facts.phase === "Running" || facts.phase === "Pending";
  const containersReady =
    live && facts.initialized && facts.containers.length > 0 && facts.containers.every(({ ready }) => ready);
  const gates = (facts.pod.spec?.readinessGates ?? []).every(({ conditionType }) =>
    facts.pod.status?.conditions?.some(({ type, status }) => type === conditionType && status === "True"),
  );
  const condition = (type: string, holds: boolean, reason?: string): Condition => {
    const status = holds ? "True" : "False";
    const same = before.find((each) => each.type === type && each.status === status);
    return {
      type,
      status,
      lastTransitionTime: same?.lastTransitionTime ?? new Date().toISOString(),
      ...(reason && !holds ? { reason } : {}),
    };
  };
  const reason = live ? "ContainersNotReady" : facts.phase === "Succeeded" ? "PodCompleted" : "PodFailed";
  return {
    status: {
      phase: facts.phase,
      podIP: facts.podIPs[0],
      podIPs: facts.podIPs.map((ip) => ({ ip })),
      hostIP: facts.hostIPs[0],
      hostIPs: facts.hostIPs.map((ip) => ({ ip })),
      startTime: facts.startTime,
      qosClass: facts.pod.status?.qosClass ?? "BestEffort",
      containerStatuses: facts.containers,
      ...(facts.initContainers.length > 0 ? { initContainerStatuses: facts.initContainers } : {}),
      conditions: [
        condition("PodReadyToStartContainers", live),
        condition("Initialized", facts.initialized, "ContainersNotInitialized"),
        condition("ContainersReady", containersReady, reason),
        condition("Ready", containersReady && gates, reason),
      ],
    } as { readonly conditions: readonly Condition[] },
  };
};

export type { Condition };
