import type { NetworkPolicy } from "../api/kubernetes.ts";
import { fieldManagers } from "../api/names.ts";
import { samePolicy } from "../egress/equal.ts";
import type { Step } from "../egress/plan.ts";
import { unlessGone } from "../kube/failure.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { apply, create, list, remove, replace } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import type { NamespaceFacts, PolicyFacts } from "../zone/facts.ts";
import { projectPolicy } from "../zone/policy-facts.ts";

/** Takes the steps of a plan in order. A step that fails ends the plan, and the loop plans anew from what stands. */
export const carryOut = async (transport: Transport, steps: readonly Step[], signal: AbortSignal): Promise<void> => {
  for (const step of steps) await take(transport, step, signal);
};

const take = async (transport: Transport, step: Step, signal: AbortSignal): Promise<void> => {
  switch (step.kind) {
    case "create":
      await create(transport, resources.networkPolicies, asObject(step.policy), signal);
      return;
    case "replace":
      await makeEqual(transport, step.policy, step, signal);
      return;
    case "delete":
      await unlessGone(remove(transport, resources.networkPolicies, step, { uid: step.uid, signal }));
  }
};

// Server-side apply first, so that the object keeps its one field manager; where another manager's fields outlive
// that, the whole object is replaced.
const makeEqual = async (
  transport: Transport,
  policy: NetworkPolicy,
  { uid }: { readonly uid: string },
  signal: AbortSignal,
): Promise<void> => {
  const applied = await apply(
    transport,
    resources.networkPolicies,
    { metadata: { ...policy.metadata, uid }, spec: policy.spec },
    { fieldManager: fieldManagers.policies, force: true, signal },
  );
  const facts = projectPolicy(applied);
  if (facts !== undefined && samePolicy(facts, policy)) return;
  const metadata = { ...policy.metadata, uid, resourceVersion: applied.metadata.resourceVersion ?? "" };
  await replace(transport, resources.networkPolicies, { metadata, spec: policy.spec }, signal);
};

const asObject = ({ metadata, spec }: NetworkPolicy): KubeObject => ({ metadata, spec });

/** The policies of a namespace as the API server has them: the store may be behind. */
export const storedPolicies = async (
  transport: Transport,
  { name }: NamespaceFacts,
  signal: AbortSignal,
): Promise<readonly PolicyFacts[]> => {
  const { items } = await list(transport, resources.networkPolicies, { namespace: name, signal });
  return items.flatMap((policy) => projectPolicy(policy) ?? []);
};
