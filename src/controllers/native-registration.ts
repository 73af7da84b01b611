import { isDeepStrictEqual } from "node:util";
import { defaultSchedulers } from "../api/zone-schedulers.ts";
import { apiVersionOf, type Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { nativePolicies, type NativeInput } from "../native/compile.ts";
import { pinPolicy } from "../native/pin.ts";
import { bindingOf } from "../native/policy.ts";
import { namedByZone } from "../zone/named-namespaces.ts";
import type { World } from "../zone/world.ts";
import type { Pinning } from "./pinning.ts";
import { metadataOf } from "./registered.ts";
import { sameContent, type Seen } from "./registration-facts.ts";
import type { HalfParts, Wanted } from "./registration.ts";

/** What the native half is compiled from. */
export type NativeParts = {
  readonly world: World;
  /** Policies and bindings as last seen, whole, by name. */
  readonly live: { readonly policies: (name: string) => Seen; readonly bindings: (name: string) => Seen };
  /** Whether webhooks judge too. */
  readonly webhooks: boolean;
  /** Where native policy pins pods, since no webhook does. */
  readonly pinning: Pinning | undefined;
  readonly exempt: () => readonly string[];
  readonly owner: string;
};

/** Every native policy as it should be now, each with its binding after it. */
export const nativeWanted =
  (parts: NativeParts): HalfParts["compile"] =>
  (uid) => {
    const { live, pinning } = parts;
    const input = inputOf(parts);
    const owner = { name: parts.owner, uid };
    const wanted = (resource: Resource, name: string, spec: object, seen: Seen): Wanted => {
      const metadata = metadataOf(name, spec, owner);
      return { resource, object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, spec }, seen };
    };
    const judging = nativePolicies(input).flatMap((policy) => [
      wanted(resources.nativePolicies, policy.name, policy.spec, live.policies(policy.name)),
      wanted(resources.nativeBindings, policy.name, bindingOf(policy), live.bindings(policy.name)),
    ]);
    if (pinning === undefined) return judging;
    const { name, spec } = pinPolicy(input);
    return [
      ...judging,
      wanted(resources.mutatingPolicies, name, spec, pinning.policy),
      wanted(resources.mutatingBindings, name, { policyName: name }, pinning.binding),
    ];
  };

/** Whether the API server has every native policy, bound, as compiled for the zones as they are now. */
export const nativeStands = (parts: NativeParts): boolean =>
  nativeWanted(parts)("").every(({ object, seen }) => {
    const now = seen.now();
    return now !== undefined && sameContent(now, object);
  });

const inputOf = ({ world, webhooks, exempt }: NativeParts): NativeInput => {
  const zones = [...world.zones.values()];
  const seals = [...world.namespaces.values()].flatMap(({ sealed }) => sealed ?? []);
  return {
    zones: webhooks ? undefined : zones.map(({ name }) => name).toSorted(),
    named: namedByZone(world),
    lenient: zones.flatMap(({ name, enforcement }) => (enforcement === "Enforce" ? [] : [name])).toSorted(),
    schedulers: Object.fromEntries(
      zones
        .filter(({ schedulers }) => !isDeepStrictEqual(schedulers, defaultSchedulers))
        .map(({ name, schedulers }) => [name, schedulers.toSorted()] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    gone: [...new Set(seals)].filter((zone) => !world.zones.has(zone)).toSorted(),
    exempt: exempt(),
  };
};
