import { fieldManagers, isOurPolicy, podSecurityLabel, sealedLabel } from "../api/names.ts";
import { explain } from "../api/reasons.ts";
import { isolation } from "../egress/compile.ts";
import { plan, planRelease, type Step } from "../egress/plan.ts";
import { stamp } from "../egress/stamp.ts";
import { unlessGone } from "../kube/failure.ts";
import { apply, jsonPatch, list, pointer } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { isLoose } from "../placement/loose.ts";
import type { NamespaceFacts, PolicyFacts } from "../zone/facts.ts";
import { atLeastBaseline } from "../zone/pod-security.ts";
import { projectPod } from "../zone/pod-facts.ts";
import { projectPolicy } from "../zone/policy-facts.ts";
import type { World } from "../zone/world.ts";
import { neverJoins } from "../zone/exempt.ts";
import { settled, type Outcome, type Reconcile } from "./loop.ts";
import type { Events } from "./events.ts";
import { carryOut } from "./policies.ts";
import type { PoliciesOf } from "./zone-policies.ts";

/** The policies last written per namespace: writing the same ones again is repair. */
type Written = Map<string, { readonly uid: string; readonly specs: unknown }>;

type Parts = {
  readonly transport: Transport;
  readonly world: World;
  readonly events: Events;
  readonly policiesOf: PoliciesOf;
  /** Whether the stored webhook configurations judge the pods of this zone: until they do, nothing is sealed. */
  readonly registered: (zone: string) => boolean;
  /** Hears of each kind of object that was not as written and was put back. */
  readonly repaired: (kind: string) => void;
};

/** Brings one namespace's policies and labels to what its zone says, or takes them away when it has left. */
export const reconcileNamespace = (parts: Parts): Reconcile => {
  const written: Written = new Map();
  const warned = new Map<string, string>();
  return async (name, signal) => {
    const namespace = parts.world.namespaces.get(name);
    if (namespace?.zone === undefined || namespace.deleting) {
      written.delete(name);
      warned.delete(name);
    }
    if (namespace === undefined || namespace.deleting) return settled;
    if (namespace.zone === undefined) return release(parts, namespace, signal);
    if (neverJoins(parts.world, name)) {
      // Once: every pod that comes or goes in kube-system would be another event.
      if (warned.get(name) !== namespace.zone) await tell(parts, namespace, "SystemNamespace", signal);
      warned.set(name, namespace.zone);
      return { kind: "hopeless", why: `${name} is a system namespace` };
    }
    // Whatever the label names now, it is not the old zone, whose peers this namespace's pods must not be any longer.
    if (namespace.sealed !== undefined && namespace.sealed !== namespace.zone)
      await unseal(parts.transport, namespace, signal);
    const zone = parts.world.zones.get(namespace.zone);
    // A zone that is missing is never read as "left the zone": what stands stays.
    if (zone === undefined || zone.enforcement !== "Enforce") return settled;
    return isolate(parts, written, namespace, namespace.zone, signal);
  };
};

const isolate = async (
  parts: Parts,
  written: Written,
  namespace: NamespaceFacts,
  zone: string,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { transport, world, policiesOf, registered } = parts;
  const record = world.zones.get(zone);
  const policies = record && policiesOf(world, record);
  // What cannot be compiled never widens: the last good policies stay, and a namespace without any is not sealed.
  if (policies === undefined || (policies.kind === "kept" && namespace.sealed !== zone)) return settled;
  const specs = policies.kind === "compiled" ? policies.specs : policies.last;
  const wanted = stamp(specs ?? [isolation], namespace.name, zone);
  // After a restart only isolation is known to be good; what allows is what stands.
  const planned = (live: readonly PolicyFacts[]): readonly Step[] =>
    plan(wanted, live).filter(({ kind }) => specs !== undefined || kind !== "delete");
  const before = written.get(namespace.name);
  const again = before?.uid === namespace.uid && before.specs === specs;
  const suspected = planned(world.policiesIn(namespace.name));
  // The store may not have heard of our own last write yet, and nobody is to be blamed for that.
  const steps = again && suspected.length > 0 ? planned(await storedPolicies(transport, namespace, signal)) : suspected;
  await carryOut(transport, steps, signal);
  const repaired = again && steps.length > 0;
  written.set(namespace.name, { uid: namespace.uid, specs });
  if (repaired) {
    parts.repaired(resources.networkPolicies.kind);
    await tell(parts, namespace, "PolicyRepaired", signal);
  }

  const level = atLeastBaseline(namespace.podSecurity);
  if (level !== namespace.podSecurity)
    await applyLabel(transport, namespace, [podSecurityLabel, level], fieldManagers.podSecurity, signal);
  if (namespace.sealed === zone) {
    // They came while the zone only warned.
    const loose = world.podsIn(namespace.name).some((pod) => isLoose(pod, zone));
    if (loose && (await hasLoosePod(transport, namespace.name, zone, signal)))
      await unseal(transport, namespace, signal);
    return settled;
  }
  if (!registered(zone) || (await hasLoosePod(transport, namespace.name, zone, signal))) return settled;
  // The store may still show policies that were deleted, by us or with a namespace of the same name, and what we deleted
  // may stand for a finalizer. Whatever differs asks for this namespace again when the store hears of it.
  if (plan(wanted, await storedPolicies(transport, namespace, signal)).length > 0) return settled;
  await applyLabel(transport, namespace, [sealedLabel, zone], fieldManagers.namespaces, signal);
  await tell(parts, namespace, "NamespaceSealed", signal);
  return settled;
};

/** Asks the API server, not the store, which may be behind. */
const storedPolicies = async (
  transport: Transport,
  { name }: NamespaceFacts,
  signal: AbortSignal,
): Promise<readonly PolicyFacts[]> => {
  const { items } = await list(transport, resources.networkPolicies, { namespace: name, signal });
  return items.flatMap((policy) => projectPolicy(policy) ?? []);
};

/** Asks the API server, not the store, which may not have seen the newest pod yet. */
const hasLoosePod = async (
  transport: Transport,
  namespace: string,
  zone: string,
  signal: AbortSignal,
): Promise<boolean> => {
  const pods = await list(transport, resources.pods, { namespace, fieldSelector: "spec.nodeName=", signal });
  return pods.items.some((pod) => {
    const facts = projectPod(pod);
    return facts !== undefined && isLoose(facts, zone);
  });
};

const release = async (parts: Parts, namespace: NamespaceFacts, signal: AbortSignal): Promise<Outcome> => {
  const live = parts.world.policiesIn(namespace.name).filter(({ name }) => isOurPolicy(name));
  if (namespace.sealed === undefined && live.length === 0) return settled;
  // No peer any more before anything opens.
  if (namespace.sealed !== undefined) await unseal(parts.transport, namespace, signal);
  await carryOut(parts.transport, planRelease(live), signal);
  await tell(parts, namespace, "NamespaceReleased", signal);
  return settled;
};

// One label, one field manager: an apply that leaves out what its manager applied before would take it away.
const applyLabel = async (
  transport: Transport,
  { name, uid }: NamespaceFacts,
  [key, value]: readonly [string, string],
  fieldManager: string,
  signal: AbortSignal,
): Promise<void> => {
  const object = { metadata: { name, uid, labels: { [key]: value } } };
  await apply(transport, resources.namespaces, object, { fieldManager, force: true, signal });
};

const unseal = async (transport: Transport, { name, uid }: NamespaceFacts, signal: AbortSignal): Promise<void> => {
  await unlessGone(
    jsonPatch(
      transport,
      resources.namespaces,
      { name },
      [
        { op: "test", path: "/metadata/uid", value: uid },
        { op: "remove", path: pointer("metadata", "labels", sealedLabel) },
      ],
      { fieldManager: fieldManagers.namespaces, signal },
    ),
  );
};

const tell = async (
  { events }: Parts,
  { name, uid, zone }: NamespaceFacts,
  reason: "SystemNamespace" | "PolicyRepaired" | "NamespaceSealed" | "NamespaceReleased",
  signal: AbortSignal,
): Promise<void> =>
  events.report({
    regarding: { apiVersion: "v1", kind: "Namespace", name, uid },
    type: reason === "NamespaceSealed" || reason === "NamespaceReleased" ? "Normal" : "Warning",
    reason,
    action: "Isolate",
    note: explain(reason, zone === undefined ? "" : `Zone ${zone}.`),
    signal,
  });
