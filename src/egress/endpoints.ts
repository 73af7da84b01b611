import { field, items, text } from "../zone/json.ts";
import type { Allowed } from "./allowed.ts";
import { contain } from "./contain.ts";

/** One address behind a Service, with the field that holds it and the ports it is reached at, as the object writes them. */
export type Endpoint = { readonly path: string; readonly address: unknown; readonly ports: readonly unknown[] };

/** The addresses of an EndpointSlice, names of type FQDN included. */
export const endpointsOfSlice = (slice: unknown): readonly Endpoint[] =>
  items(field(slice, "endpoints")).flatMap((endpoint, at) =>
    items(field(endpoint, "addresses")).map((address, index) => ({
      path: `endpoints[${at}].addresses[${index}]`,
      address,
      ports: items(field(slice, "ports")),
    })),
  );

/** The addresses of an Endpoints, ready or not. */
export const endpointsOf = (endpoints: unknown): readonly Endpoint[] =>
  items(field(endpoints, "subsets")).flatMap((subset, at) =>
    ["addresses", "notReadyAddresses"].flatMap((list) =>
      items(field(subset, list)).map((address, index) => ({
        path: `subsets[${at}].${list}[${index}].ip`,
        address: field(address, "ip"),
        ports: items(field(subset, "ports")),
      })),
    ),
  );

/** The name of the Service that an EndpointSlice belongs to, empty where it belongs to none. */
export const serviceOfSlice = (slice: unknown): string =>
  text(field(field(field(slice, "metadata"), "labels"), "kubernetes.io/service-name")) ?? "";

/**
 * Whether a zone's own policies let its pods connect there, at every port that is named, or at every port at all where
 * none is. Asked of `contain()`, as a policy that opened the address would be: there is no second account of it.
 */
export const allowsEndpoint = (allowed: Allowed, { address, ports }: Endpoint): boolean => {
  const cidr = typeof address === "string" ? `${address}/${address.includes(":") ? 128 : 32}` : undefined;
  const open = ports.map((entry) => ({ protocol: field(entry, "protocol"), port: field(entry, "port") }));
  const egress = [{ to: [{ ipBlock: { cidr } }], ports: open }];
  const policy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    spec: { policyTypes: ["Egress"], egress },
  };
  return contain(policy, allowed).kind === "contained";
};
