import { resources } from "../kube/resources.ts";
import { nativePolicies } from "../native/compile.ts";
import { bindingOf, type NativePolicy } from "../native/policy.ts";
import type { World } from "../zone/world.ts";
import { metadataOf, type Owner, type Registered } from "./registered.ts";
import { sameContent, type Seen } from "./registration-facts.ts";
import type { HalfParts } from "./registration.ts";

/** What the native half is compiled from. */
export type NativeParts = {
  readonly world: World;
  /** Policies and bindings as last seen, whole, by name. */
  readonly live: { readonly policies: (name: string) => Seen; readonly bindings: (name: string) => Seen };
  readonly exempt: () => readonly string[];
  readonly owner: string;
};

/** Every native policy as it should be now, each with its binding after it. */
export const nativeWanted =
  (parts: NativeParts): HalfParts["compile"] =>
  (uid) => {
    const owner = { name: parts.owner, uid };
    return compiled(parts).flatMap((policy) => {
      const { name } = policy;
      return [
        { resource: resources.nativePolicies, object: policyObject(policy, owner), seen: parts.live.policies(name) },
        { resource: resources.nativeBindings, object: bindingObject(policy, owner), seen: parts.live.bindings(name) },
      ];
    });
  };

/** Whether the API server has every native policy, bound, as compiled for the zones as they are now. */
export const nativeStands = (parts: NativeParts): boolean =>
  nativeWanted(parts)("").every(({ object, seen }) => {
    const now = seen.now();
    return now !== undefined && sameContent(now, object);
  });

const compiled = ({ world, exempt }: NativeParts): readonly NativePolicy[] => {
  const zones = [...world.zones.values()];
  const seals = [...world.namespaces.values()].flatMap(({ sealed }) => sealed ?? []);
  return nativePolicies({
    lenient: zones.flatMap(({ name, enforcement }) => (enforcement === "Enforce" ? [] : [name])).toSorted(),
    gone: [...new Set(seals)].filter((zone) => !world.zones.has(zone)).toSorted(),
    exempt: exempt(),
  });
};

const apiVersion = "admissionregistration.k8s.io/v1";

const policyObject = ({ name, spec }: NativePolicy, owner: Owner): Registered => ({
  apiVersion,
  kind: resources.nativePolicies.kind,
  metadata: metadataOf(name, spec, owner),
  spec,
});

const bindingObject = (policy: NativePolicy, owner: Owner): Registered => {
  const spec = bindingOf(policy);
  const { kind } = resources.nativeBindings;
  return { apiVersion, kind, metadata: metadataOf(policy.name, spec, owner), spec };
};
