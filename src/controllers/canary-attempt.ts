import { canaryName } from "../api/canary.ts";
import { fieldManagers, nodeLabel, nodeLabelValue } from "../api/names.ts";
import { KubeError } from "../kube/failure.ts";
import { apply, postDryRun } from "../kube/objects.ts";
import type { Place } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";

/**
 * What came of something that must be refused: `refused` by a rule of the zone, `admitted`, or `unanswered`, which says
 * nothing of the guard: the API server was away, or refused for a reason that is not ours.
 */
export type Attempt =
  | { readonly kind: "refused" }
  | { readonly kind: "admitted" }
  | { readonly kind: "unanswered"; readonly why: string };

type Try = (transport: Transport, zone: string, place: Place, signal: AbortSignal) => Promise<Attempt>;

/** A pod with its zone's selector that names its node: only `spec.nodeName` is wrong with it. */
export const attemptPod: Try = (transport, zone, place, signal) =>
  judge(
    zone,
    // By apply, for its request bears a name and RBAC can say which.
    apply(
      transport,
      resources.pods,
      {
        metadata: { ...place },
        spec: {
          nodeName: canaryName,
          nodeSelector: { [nodeLabel(zone)]: nodeLabelValue },
          // As strict as Pod Security can ask, or it would answer in the zone's place.
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: "canary",
              image: canaryName,
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            },
          ],
        },
      },
      { fieldManager: fieldManagers.canary, force: true, dryRun: true, signal },
    ),
  );

/** A binding to a node that does not exist, of a pod that does not exist: admission is asked before either is looked for. */
export const attemptBinding: Try = (transport, zone, place, signal) =>
  judge(
    zone,
    postDryRun(
      transport,
      resources.pods,
      place,
      "binding",
      {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { ...place },
        target: { apiVersion: "v1", kind: "Node", name: canaryName },
      },
      signal,
    ),
  );

const judge = async (zone: string, asking: Promise<unknown>): Promise<Attempt> => {
  try {
    await asking;
    return { kind: "admitted" };
  } catch (problem) {
    if (!(problem instanceof KubeError)) throw problem;
    const { kind, message } = problem.failure;
    // Whoever looks for the pod of a binding has let the binding pass.
    if (kind === "notFound") return { kind: "admitted" };
    if (kind === "forbidden" && message.includes(`zone ${zone}: `)) return { kind: "refused" };
    return { kind: "unanswered", why: message };
  }
};
