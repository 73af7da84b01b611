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
import { chartMetadataOf, contentOf, metadataOf, ownerReference } from "./registered.ts";
import { digestOf } from "./registration-digest.ts";
import type { Seen } from "./registration-facts.ts";
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

/** One object as compiled: what it says and how it is seen, without what we write of its metadata. */
type Compiled = {
  readonly resource: Resource;
  readonly name: string;
  readonly spec: object;
  readonly seen: Seen;
  readonly maker: "chart" | "domicile";
};

/** Every native policy, each with its binding after it, those of the chart first. */
const compiled = (parts: NativeParts): readonly Compiled[] => {
  const { live, pinning, user } = parts;
  const input = inputOf(parts);
  const bound = (maker: Compiled["maker"], policies: readonly NativePolicy[]): readonly Compiled[] =>
    policies.flatMap((policy): readonly Compiled[] => {
      const { name, spec } = policy;
      return [
        { resource: resources.nativePolicies, name, spec, seen: live.policies(name), maker },
        { resource: resources.nativeBindings, name, spec: bindingOf(policy), seen: live.bindings(name), maker },
      ];
    });
  const judging = [...bound("chart", chartPolicies(user)), ...bound("domicile", nativePolicies(input))];
  if (pinning === undefined) return judging;
  const { name, spec } = pinPolicy(input);
  const { policy, binding } = pinning;
  return [
    ...judging,
    { resource: resources.mutatingPolicies, name, spec, seen: policy, maker: "domicile" },
    { resource: resources.mutatingBindings, name, spec: { policyName: name }, seen: binding, maker: "domicile" },
  ];
};

/** Every native policy as it should be now, each with its binding after it, those of the chart first. */
export const nativeWanted =
  (parts: NativeParts): HalfParts["compile"] =>
  (uid) => {
    const { user } = parts;
    const owner = { name: parts.owner, uid };
    const chart = { user, heir: ownerReference(owner) };
    return compiled(parts).map(({ resource, name, spec, seen, maker }): Wanted => {
      const typed = { apiVersion: apiVersionOf(resource), kind: resource.kind, spec };
      const object =
        maker === "chart"
          ? { ...typed, metadata: chartMetadataOf(name, spec, user), chart }
          : { ...typed, metadata: metadataOf(name, spec, owner) };
      return { resource, object, seen };
    });
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
  !compiled(parts).some((each) => each.maker === "domicile" && differs(each));

/** Whether the API server judges by something else, whoever owns it. */
const differs = ({ spec, seen }: Compiled): boolean => {
  const now = seen.now();
  return now === undefined || !isDeepStrictEqual(contentOf(now), spec);
};

/** Compares every native policy and binding, by content alone. */
export const nativeSync = (parts: NativeParts): NativeSync => {
  const all = compiled(parts);
  return {
    differing: all.filter(differs).map(({ resource, name }) => `${resource.kind} ${name}`),
    hash: digestOf(
      all.map(({ spec }) => spec),
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
