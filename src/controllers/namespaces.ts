import type { NetworkPolicy } from "../api/kubernetes.ts";
import { isOurPolicy } from "../api/names.ts";
import { explain } from "../api/reasons.ts";
import { isolation, type NamedSpec } from "../egress/compile.ts";
import { plan, planRelease, type Step } from "../egress/plan.ts";
import { stamp } from "../egress/stamp.ts";
import { list } from "../kube/objects.ts";
import { resources } from "../kube/resources.ts";
import type { Transport } from "../kube/transport.ts";
import { isLoose } from "../placement/loose.ts";
import type { NamespaceFacts, PolicyFacts } from "../zone/facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { projectPod } from "../zone/pod-facts.ts";
import type { World } from "../zone/world.ts";
import { neverJoins } from "../zone/exempt.ts";
import { settled, type Outcome, type Reconcile } from "./loop.ts";
import type { Events } from "./events.ts";
import { keepPodSecurity, seal, unseal } from "./namespace-label.ts";
import { carryOut, storedPolicies } from "./policies.ts";
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
    return isolate(parts, written, namespace, zone, signal);
  };
};

/** Policies, Pod Security level, seal: what comes later stands only on what came before. */
const isolate = async (
  parts: Parts,
  written: Written,
  namespace: NamespaceFacts,
  zone: ZoneRecord,
  signal: AbortSignal,
): Promise<Outcome> => {
  const policies = parts.policiesOf(parts.world, zone);
  // What cannot be compiled never widens: the last good policies stay, and a namespace without any is not sealed.
  if (policies.kind === "kept" && namespace.sealed !== zone.name) return settled;
  const specs = policies.kind === "compiled" ? policies.specs : policies.last;
  const wanted = stamp(specs ?? [isolation], namespace.name, zone.name);
  await keepPolicies(parts, written, namespace, { wanted, specs }, signal);
  await keepPodSecurity(parts.transport, namespace, signal);
  if (namespace.sealed === zone.name) await unsealIfLoose(parts, namespace, zone.name, signal);
  else await sealIfIsolated(parts, namespace, zone.name, wanted, signal);
  return settled;
};

/** Writes what differs from the wanted policies. `specs` are what they were made of, undefined where that is not known. */
const keepPolicies = async (
  parts: Parts,
  written: Written,
  namespace: NamespaceFacts,
  { wanted, specs }: { readonly wanted: readonly NetworkPolicy[]; readonly specs: readonly NamedSpec[] | undefined },
  signal: AbortSignal,
): Promise<void> => {
  // After a restart only isolation is known to be good; what allows is what stands.
  const planned = (live: readonly PolicyFacts[]): readonly Step[] =>
    plan(wanted, live).filter(({ kind }) => specs !== undefined || kind !== "delete");
  const before = written.get(namespace.name);
  const again = before?.uid === namespace.uid && before.specs === specs;
  const suspected = planned(parts.world.policiesIn(namespace.name));
  // The store may not have heard of our own last write yet, and nobody is to be blamed for that.
  const steps =
    again && suspected.length > 0 ? planned(await storedPolicies(parts.transport, namespace, signal)) : suspected;
  await carryOut(parts.transport, steps, signal);
  written.set(namespace.name, { uid: namespace.uid, specs });
  if (!again || steps.length === 0) return;
  parts.repaired(resources.networkPolicies.kind);
  await tell(parts, namespace, "PolicyRepaired", signal);
};

/** Pods without the selector in a sealed namespace came while the zone only warned. */
const unsealIfLoose = async (
  { transport, world }: Parts,
  namespace: NamespaceFacts,
  zone: string,
  signal: AbortSignal,
): Promise<void> => {
  const loose = world.podsIn(namespace.name).some((pod) => isLoose(pod, zone));
  if (loose && (await hasLoosePod(transport, namespace.name, zone, signal))) await unseal(transport, namespace, signal);
};

const sealIfIsolated = async (
  parts: Parts,
  namespace: NamespaceFacts,
  zone: string,
  wanted: readonly NetworkPolicy[],
  signal: AbortSignal,
): Promise<void> => {
  const { transport, registered } = parts;
  if (!registered(zone) || (await hasLoosePod(transport, namespace.name, zone, signal))) return;
  // The store may still show policies that were deleted, by us or with a namespace of the same name, and what we deleted
  // may stand for a finalizer. Whatever differs asks for this namespace again when the store hears of it.
  if (plan(wanted, await storedPolicies(transport, namespace, signal)).length > 0) return;
  await seal(transport, namespace, zone, signal);
  await tell(parts, namespace, "NamespaceSealed", signal);
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
