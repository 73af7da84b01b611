import { failedWith, KubeError } from "./failure.ts";
import { objectPath, type Place } from "./resource.ts";
import { resources } from "./resources.ts";
import type { Transport } from "./transport.ts";

/** What came of asking for an eviction. Refused is what speaks against this pod alone, in the API server's words. */
export type Evicted =
  | { readonly kind: "granted" }
  | { readonly kind: "refused"; readonly why: string }
  /** The pod went before, or another has its name. */
  | { readonly kind: "gone" };

/** Asks the API server to evict the pod that has this UID; a budget may refuse it. A KubeError for what says nothing about the pod. */
export const evict = async (
  transport: Transport,
  pod: Place & { readonly namespace: string; readonly uid: string },
  signal?: AbortSignal,
): Promise<Evicted> => {
  const { namespace, name, uid } = pod;
  try {
    await transport.request("POST", objectPath(resources.pods, pod, "eviction"), {
      body: {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { namespace, name },
        deleteOptions: { preconditions: { uid } },
      },
      ...(signal ? { signal } : {}),
    });
    return { kind: "granted" };
  } catch (problem) {
    if (failedWith(problem, "notFound", "conflict")) return { kind: "gone" };
    if (problem instanceof KubeError && isRefusal(problem)) return { kind: "refused", why: problem.failure.message };
    throw problem;
  }
};

/** An API server that is short of time says 429 too, and only a budget names itself as the cause; two budgets are a 500. */
const isRefusal = ({ failure }: KubeError): boolean => {
  switch (failure.kind) {
    case "tooManyRequests":
      return failure.causes.some(({ reason }) => reason === "DisruptionBudget");
    case "unavailable":
      return failure.status === 500;
    default:
      return failure.kind === "forbidden" || failure.kind === "invalid" || failure.kind === "rejected";
  }
};
