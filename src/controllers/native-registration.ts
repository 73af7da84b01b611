import { isDeepStrictEqual } from "node:util";
import { apiVersionOf } from "../kube/resource.ts";
import { resources } from "../kube/resources.ts";
import { podsPolicyName } from "../native/pods.ts";
import type { World } from "../zone/world.ts";
import { nativeInput, type Compiled, type CompiledAll, type compileNative } from "./native-compiled.ts";
import type { Pinning } from "./pinning.ts";
import { chartMetadataOf, contentOf, metadataOf, ownerReference } from "./registered.ts";
import type { Seen } from "./registration-facts.ts";
import type { HalfParts, Wanted } from "./registration.ts";

/** What the native half is compiled from. */
export type NativeParts = {
  readonly world: World;
  /** What compiles it, or remembers. */
  readonly compile: typeof compileNative;
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

const compiled = ({ world, compile, webhooks, pinning, exempt, user }: NativeParts): CompiledAll =>
  compile({ input: nativeInput(world, exempt(), webhooks), user, pins: pinning !== undefined });

/** How an object of the native half is seen. */
const seenOf = ({ live, pinning }: NativeParts, { resource, name }: Compiled): Seen => {
  switch (resource) {
    case resources.nativePolicies:
      return live.policies(name);
    case resources.nativeBindings:
      return live.bindings(name);
    default:
      return (resource === resources.mutatingPolicies ? pinning?.policy : pinning?.binding) ?? unseen;
  }
};

const unseen: Seen = { now: () => undefined, last: () => undefined };

/** Every native policy as it should be now, each with its binding after it, those of the chart first. */
export const nativeWanted =
  (parts: NativeParts): HalfParts["compile"] =>
  (uid) => {
    const { user } = parts;
    const owner = { name: parts.owner, uid };
    const chart = { user, heir: ownerReference(owner) };
    return compiled(parts).all.map((each): Wanted => {
      const { resource, name, spec, maker } = each;
      const typed = { apiVersion: apiVersionOf(resource), kind: resource.kind, spec };
      const object =
        maker === "chart"
          ? { ...typed, metadata: chartMetadataOf(name, spec, user), chart }
          : { ...typed, metadata: metadataOf(name, spec, owner) };
      return { resource, object, seen: seenOf(parts, each) };
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
  !compiled(parts).all.some((each) => each.maker === "domicile" && differs(parts, each));

/** Whether the API server has the policy that judges pods, as compiled, and binds it. */
export const judgesPodsNatively = (parts: NativeParts): boolean =>
  !compiled(parts).all.some((each) => each.name === podsPolicyName && differs(parts, each));

/** Whether the API server judges by something else, whoever owns it. */
const differs = (parts: NativeParts, each: Compiled): boolean => {
  const now = seenOf(parts, each).now();
  return now === undefined || !isDeepStrictEqual(contentOf(now), each.spec);
};

/** Compares every native policy and binding, by content alone. */
export const nativeSync = (parts: NativeParts): NativeSync => {
  const { all, hash } = compiled(parts);
  const differing = all.filter((each) => differs(parts, each));
  return { differing: differing.map(({ resource, name }) => `${resource.kind} ${name}`), hash };
};
