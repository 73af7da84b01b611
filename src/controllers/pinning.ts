import { startInformer, type InformerParts } from "../kube/informer.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { serves } from "../kube/served.ts";
import { pinName } from "../native/pin.ts";
import { aborted } from "../ops/aborted.ts";
import { projectRegistered, remember, type Seen } from "./registration-facts.ts";

/** The policy that pins pods and its binding, as last seen. */
export type Pinning = { readonly policy: Seen; readonly binding: Seen };

/**
 * Watches the policy that pins pods where no webhook does, until the signal aborts; undefined where the API server has
 * no such policies, which begin with Kubernetes 1.36. Resolves when what stands is known. `hear` is called on changes.
 */
export const watchPinning = async (
  { transport, timers, report }: Pick<InformerParts<unknown>, "transport" | "timers" | "report">,
  hear: () => void,
  signal: AbortSignal,
): Promise<Pinning | undefined> => {
  if (!(await serves(transport, resources.mutatingPolicies, signal))) return undefined;
  const selection = { fieldSelector: `metadata.name=${pinName}` };
  const keep = async (resource: Resource): Promise<Seen> => {
    const parts = { transport, timers, report, resource, project: projectRegistered, selection };
    const { store } = startInformer<KubeObject>(parts, signal);
    await Promise.race([store.synced, aborted(signal)]);
    store.subscribe(hear);
    return remember(store)(pinName);
  };
  const [policy, binding] = await Promise.all([keep(resources.mutatingPolicies), keep(resources.mutatingBindings)]);
  return { policy, binding };
};
