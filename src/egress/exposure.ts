import type { ExposedSpec } from "../api/zone-exposure.ts";
import { field, text } from "../zone/json.ts";
import type { World } from "../zone/world.ts";
import type { Allowed } from "./allowed.ts";
import { allowsEndpoint, endpointsOf, endpointsOfSlice, serviceOfSlice, type Endpoint } from "./endpoints.ts";
import { exposedAsSuch, exposedByGrant, exposedByService, type Exposing } from "./exposing.ts";
import type { AllowedIn } from "./uncontained.ts";

/**
 * Whether an object leads into its zone, or out of it, by a way that the zone does not list. `path` and `message` read
 * as the start of a sentence, which says what would have to be listed.
 */
export type Exposure =
  | { readonly kind: "contained" }
  | {
      readonly kind: "exposed";
      readonly reason: "ExposureNotListed" | "EndpointOutsideZone";
      readonly path: string;
      readonly message: string;
    };

/** What objects in one namespace of a zone are judged by. What costs more than a look is asked for when it is needed. */
export type Bounds = {
  readonly namespace: string;
  /** What the zone lists; nothing while it is not valid, or gone. */
  readonly listed: readonly ExposedSpec[];
  readonly allowed: () => Allowed;
  /** Addresses of the zone's pods. */
  readonly pods: () => ReadonlySet<string>;
  /** Whether a namespace is in the zone. */
  readonly within: (namespace: string) => boolean;
};

/** What objects in each namespace of a zone are judged by, as the World stands. */
export const boundsOf = (world: World, zone: string, allowed: AllowedIn): ((namespace: string) => Bounds) => {
  const parsed = world.zones.get(zone)?.parsed;
  const pods = once(() => new Set(world.namespacesOf(zone).flatMap((name) => podAddresses(world, zone, name))));
  return (namespace) => ({
    namespace,
    listed: parsed?.ok === true ? parsed.value.exposure : [],
    allowed: once(() => allowed(world, zone, namespace)),
    pods,
    within: (name) => world.namespaces.get(name)?.zone === zone,
  });
};

/** A kind that is judged, of whatever version, as its API group, a slash and its kind. */
export type Exposable = keyof typeof judges;

/** The kind as one that is judged here, or undefined. */
export const exposableOf = (group: string, kind: string): Exposable | undefined =>
  exposables.find((known) => known === `${group}/${kind}`);

/** Judges an object of a zone's namespace. */
export const exposure = (kind: Exposable, object: unknown, bounds: Bounds): Exposure => judges[kind](object, bounds);

type Judge = (object: unknown, bounds: Bounds) => Exposure;

const byName =
  (exposing: (object: unknown, within: Bounds["within"]) => readonly Exposing[]): Judge =>
  (object, bounds) => {
    const name = text(field(field(object, "metadata"), "name")) ?? "";
    const first = exposing(object, bounds.within).find((one) => !lists(one, name, bounds));
    return first === undefined ? contained : unlisted(first, name, bounds);
  };

const byAddress =
  (endpoints: (object: unknown) => readonly Endpoint[], service: (object: unknown) => string): Judge =>
  (object, bounds) => {
    const name = service(object);
    if (lists({ kind: "EndpointSlice" }, name, bounds)) return contained;
    const outside = endpoints(object).find(
      (one) =>
        !(typeof one.address === "string" && bounds.pods().has(one.address)) && !allowsEndpoint(bounds.allowed(), one),
    );
    if (outside === undefined) return contained;
    const { path, address } = outside;
    const found = `is ${shownAddress(address)}, neither a pod's of the zone nor allowed by it at these ports`;
    return { ...unlisted({ kind: "EndpointSlice", path, found }, name, bounds), reason: "EndpointOutsideZone" };
  };

const judges = {
  "/Service": byName(exposedByService),
  "/Endpoints": byAddress(endpointsOf, (object) => text(field(field(object, "metadata"), "name")) ?? ""),
  "discovery.k8s.io/EndpointSlice": byAddress(endpointsOfSlice, serviceOfSlice),
  "networking.k8s.io/Ingress": byName(exposedAsSuch("Ingress")),
  "gateway.networking.k8s.io/Gateway": byName(exposedAsSuch("Gateway")),
  "gateway.networking.k8s.io/HTTPRoute": byName(exposedAsSuch("HTTPRoute")),
  "gateway.networking.k8s.io/GRPCRoute": byName(exposedAsSuch("GRPCRoute")),
  "gateway.networking.k8s.io/TCPRoute": byName(exposedAsSuch("TCPRoute")),
  "gateway.networking.k8s.io/TLSRoute": byName(exposedAsSuch("TLSRoute")),
  "gateway.networking.k8s.io/UDPRoute": byName(exposedAsSuch("UDPRoute")),
  "gateway.networking.k8s.io/ReferenceGrant": byName(exposedByGrant),
  "multicluster.x-k8s.io/ServiceExport": byName(exposedAsSuch("ServiceExport")),
} as const satisfies Readonly<Record<string, Judge>>;

const exposables = Object.keys(judges).filter((kind): kind is Exposable => kind in judges);

const lists = ({ kind, type }: Pick<Exposing, "kind" | "type">, name: string, { listed, namespace }: Bounds): boolean =>
  listed.some(
    (entry) =>
      entry.kind === kind && entry.type === type && entry.namespaces.includes(namespace) && entry.names.includes(name),
  );

const contained: Exposure = { kind: "contained" };

const unlisted = ({ kind, type, path, found }: Exposing, name: string, { namespace }: Bounds) => {
  const entry = `{kind: ${kind}${type === undefined ? "" : `, type: ${type}`}, namespaces: [${namespace}], names: [${name}]}`;
  return {
    kind: "exposed",
    reason: "ExposureNotListed",
    path,
    message: `${found}, and spec.exposure does not list ${entry}`,
  } as const;
};

const shownAddress = (address: unknown): string => (typeof address === "string" ? address.slice(0, 253) : "no text");

/** Of pods that were there before their namespace joined, and run anywhere, none counts. */
const podAddresses = (world: World, zone: string, namespace: string): readonly string[] =>
  world
    .podsIn(namespace)
    .flatMap(({ selects, ended, addresses }) => (selects.includes(zone) && !ended ? addresses : []));

const once = <T>(compute: () => T): (() => T) => {
  let known: { readonly value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
};
