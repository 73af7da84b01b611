import type { ExposingFacts } from "../zone/facts.ts";
import type { World } from "../zone/world.ts";
import { widerBackends } from "./backends.ts";
import { boundsOf, exposableOf, exposure, type Bounds, type Exposure } from "./exposure.ts";
import { allowedIn, type AllowedIn } from "./uncontained.ts";

/** An object that stands, and leads into its zone or out of it by a way that the zone does not list. */
export type Exposed = Pick<ExposingFacts, "apiVersion" | "kind" | "namespace" | "name" | "uid"> & {
  readonly containment: Pick<Extract<Exposure, { readonly kind: "exposed" }>, "path" | "message"> & {
    readonly reason: "ExposureNotListed" | "EndpointOutsideZone" | "BackendsNotVerified";
  };
};

/** Objects in a zone's namespaces that may lead somewhere, in order. */
export const exposingIn = (world: World, zone: string): readonly ExposingFacts[] =>
  world
    .namespacesOf(zone)
    .flatMap((namespace) => world.exposingIn(namespace))
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** Those that the zone does not list, in order; judged as admission judges what is written. */
export const exposedIn = (world: World, zone: string, allowed: AllowedIn = allowedIn): readonly Exposed[] => {
  const bounds = boundsOf(world, zone, allowed);
  // Where nothing is enforced nobody writes the annotations of balancers.
  const enforced = world.zones.get(zone)?.enforcement === "Enforce";
  return exposingIn(world, zone).flatMap((facts) => {
    const { apiVersion, kind, namespace, name, uid } = facts;
    const containment = judge(facts, bounds(namespace)) ?? (enforced ? balanced(facts, zone) : undefined);
    return containment === undefined ? [] : [{ apiVersion, kind, namespace, name, uid, containment }];
  });
};

const judge = ({ apiVersion, kind, object }: ExposingFacts, bounds: Bounds): Exposed["containment"] | undefined => {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const known = exposableOf(group, kind);
  const found = known === undefined ? undefined : exposure(known, object, bounds);
  return found?.kind === "exposed" ? found : undefined;
};

const balanced = ({ kind, object }: ExposingFacts, zone: string): Exposed["containment"] | undefined => {
  const wider = kind === "Service" ? widerBackends(object, zone) : undefined;
  return wider && { reason: wider.reason, path: wider.field, message: wider.found };
};

const keyOf = ({ kind, namespace, name }: ExposingFacts): string => `${kind} ${namespace}/${name}`;
