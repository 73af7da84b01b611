import { isDeepStrictEqual } from "node:util";
import { defaultSchedulers } from "../api/zone-schedulers.ts";
import { apiVersionOf, type Resource } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { chartPolicies } from "../native/chart.ts";
import { nativePolicies } from "../native/compile.ts";
import type { NativeInput } from "../native/input.ts";
import { pinPolicy } from "../native/pin.ts";
import { bindingOf, type NativePolicy } from "../native/policy.ts";
import { namedByZone } from "../zone/named-namespaces.ts";
import type { World } from "../zone/world.ts";
import type { Pinning } from "./pinning.ts";
import { chartMetadataOf, metadataOf, ownerReference } from "./registered.ts";
import { digestOf } from "./registration-digest.ts";
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
  /** The user that is Domicile's own service account. */
  readonly user: string;
};

/** Every native policy as it should be now, each with its binding after it, those of the chart first. */
export const nativeWanted =
  (parts: NativeParts): HalfParts["compile"] =>
  (uid) => {
    const { live, pinning, user } = parts;
    const input = inputOf(parts);
    const owner = { name: parts.owner, uid };
    const wanted = (resource: Resource, name: string, spec: object, seen: Seen): Wanted => {
      const metadata = metadataOf(name, spec, owner);
      return { resource, object: { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata, spec }, seen };
    };
    const ofChart: typeof wanted = (resource, name, spec, seen) => ({
      resource,
      object: {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        metadata: chartMetadataOf(name, spec, user),
        chart: { user, heir: ownerReference(owner) },
        spec,
      },
      seen,
    });
    const bound = (make: typeof wanted, policies: readonly NativePolicy[]): readonly Wanted[] =>
      policies.flatMap((policy) => [
        make(resources.nativePolicies, policy.name, policy.spec, live.policies(policy.name)),
        make(resources.nativeBindings, policy.name, bindingOf(policy), live.bindings(policy.name)),
      ]);
    const judging = [...bound(ofChart, chartPolicies(user)), ...bound(wanted, nativePolicies(input))];
    if (pinning === undefined) return judging;
    const { name, spec } = pinPolicy(input);
    return [
      ...judging,
      wanted(resources.mutatingPolicies, name, spec, pinning.policy),
      wanted(resources.mutatingBindings, name, { policyName: name }, pinning.binding),
    ];
  };

/** How the native policies that the API server has compare with what is compiled for the zones as they are now. */
export type NativeSync = {
  /** Those that are not as compiled or not there, as `Kind name`. */
  readonly differing: readonly string[];
  /** A short digest of everything that is compiled: the same on two clusters whose zones are the same. */
  readonly hash: string;
};

/** Whether the API server has what judges the pods of zones, which the chart's policies do not, as compiled. */
export const judgesNatively = (parts: NativeParts): boolean =>
  !nativeWanted(parts)("").some((wanted) => wanted.object.chart === undefined && differs(wanted));

const differs = ({ object, seen }: Wanted): boolean => {
  const now = seen.now();
  return now === undefined || !sameContent(now, object);
};

/** Compares every native policy and binding, by content alone. */
export const nativeSync = (parts: NativeParts): NativeSync => {
  const all = nativeWanted(parts)("");
  return {
    differing: all.filter(differs).map(({ object }) => `${object.kind} ${object.metadata.name}`),
    hash: digestOf(
      all.map(({ object }) => object.spec),
      [],
    ).slice(0, 12),
  };
};

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
