import { field, text } from "../zone/json.ts";
import { readAdminNetworkPolicy } from "./admin-network-policy.ts";
import type { Allowed } from "./allowed.ts";
import { readCalico } from "./calico.ts";
import { readNetworkSet } from "./calico-sets.ts";
import { readCilium } from "./cilium.ts";
import { readClusterNetworkPolicy } from "./cluster-network-policy.ts";
import type { Reading, Rule } from "./flow.ts";
import { readNetworkPolicy } from "./network-policy.ts";
import { opening } from "./opening.ts";
import type { Place } from "./select.ts";
import { connectionOf } from "./witness.ts";
import type { Witness } from "./witness.ts";

/**
 * Whether a policy opens nothing that its zone does not allow. `path` is the field as kubectl names it. `unproved` is
 * said where nobody can tell without asking the network, or where the policy says what is not known here; whoever
 * guards a zone takes it for wider.
 */
export type Containment =
  | { readonly kind: "contained" }
  | {
      readonly kind: "wider";
      readonly reason: "PolicyWidensZone";
      readonly path: string;
      readonly witness: Witness;
      readonly message: string;
    }
  | { readonly kind: "unproved"; readonly reason: "PolicyNotProved"; readonly path: string; readonly message: string };

/**
 * Proves that a policy is contained in what a zone allows, or gives a connection that it opens and the zone does not.
 *
 * Policies are judged one at a time, and that is enough: pods may do what any of their policies allows, a union, and
 * A ∪ B ⊆ Z exactly when A ⊆ Z and B ⊆ Z. Where a kind can also deny, another policy's denial only ever takes away.
 */
export function contain(policy: unknown, allowed: Allowed): Containment {
  const kind = `${text(field(policy, "apiVersion")) ?? ""} ${text(field(policy, "kind")) ?? ""}`;
  const read = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (read === undefined)
    return unproved("kind", `"${kind.trim().slice(0, 200)}" is no kind of policy that is known here`);
  const namespace = text(field(field(policy, "metadata"), "namespace"));
  const { zone, namespaces, cluster } = allowed;
  const reading = read(policy, { zone, namespace, namespaces, cluster });
  return reading.kind === "rules" ? judge(reading.rules, allowed) : unproved(reading.path, reading.message);
}

type Read = (policy: unknown, place: Place) => Reading;

/** Of a kind without namespaces, whatever namespace is written in it. */
function everywhere(read: Read): Read {
  return (policy, place) => read(policy, { ...place, namespace: undefined });
}

function calico(apiVersion: string): Readonly<Record<string, Read>> {
  return {
    [`${apiVersion} NetworkPolicy`]: readCalico,
    [`${apiVersion} GlobalNetworkPolicy`]: everywhere(readCalico),
    [`${apiVersion} NetworkSet`]: readNetworkSet,
    [`${apiVersion} GlobalNetworkSet`]: everywhere(readNetworkSet),
  };
}

/** Each kind that can be judged, by apiVersion and kind. */
const kinds: Readonly<Record<string, Read>> = {
  "networking.k8s.io/v1 NetworkPolicy": (policy, place) => readNetworkPolicy(field(policy, "spec"), place),
  ...calico("projectcalico.org/v3"),
  ...calico("crd.projectcalico.org/v1"),
  "cilium.io/v2 CiliumNetworkPolicy": readCilium,
  "cilium.io/v2 CiliumClusterwideNetworkPolicy": everywhere(readCilium),
  "policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy": readClusterNetworkPolicy,
  "policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy": readAdminNetworkPolicy,
};

function judge(rules: readonly Rule[], allowed: Allowed): Containment {
  const blocking: Rule[] = [];
  for (const rule of rules) {
    if (rule.action === "block") {
      blocking.push(rule);
      continue;
    }
    const blocked = blocking.filter((one) => one.direction === rule.direction && one.within === rule.within);
    const opened = opening(rule, blocked, allowed[rule.direction], allowed.pods);
    if (opened === undefined) continue;
    if (opened.witness === undefined)
      return unproved(opened.path, "overlaps in part with so many others that nobody can say whether they cover it");
    const note = rule.note === undefined ? "" : ` (${rule.note})`;
    const message = `opens ${connectionOf(opened.witness)}, which zone ${allowed.zone} does not allow${note}`;
    return { kind: "wider", reason: "PolicyWidensZone", path: opened.path, witness: opened.witness, message };
  }
  return { kind: "contained" };
}

const unproved = (path: string, message: string): Containment => ({
  kind: "unproved",
  reason: "PolicyNotProved",
  path,
  message,
});
