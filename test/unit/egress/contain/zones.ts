import * as fc from "fast-check";
import type { LabelSelector } from "../../../../src/api/kubernetes.ts";
import { allowedBy, type Allowed } from "../../../../src/egress/allowed.ts";
import { compile } from "../../../../src/egress/compile.ts";
import { addressesOf } from "../../../../src/zone/networks.ts";
import type { IngressPeer, Network, Port, Zone } from "../../../../src/zone/zone.ts";
import { zone } from "../../world.ts";
import { openedBy, type Spec } from "./naive-network-policy.ts";
import type { Opens } from "./packet.ts";

/** A zone as both sides see it: by what its own policies open. */
export type Ground = { readonly specs: readonly Spec[]; readonly allowed: Allowed; readonly allows: Opens };

/** A small universe, so that blocks nest, touch and overlap: sixteen addresses of each family. */
export const cidr = fc
  .tuple(fc.boolean(), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 4 }))
  .map(([v4, at, host]) => {
    const first = (at >> host) << host;
    return v4 ? `203.0.113.${first}/${32 - host}` : `2001:db8::${first.toString(16)}/${128 - host}`;
  });

const port: fc.Arbitrary<Port> = fc
  .record({
    protocol: fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const),
    port: fc.constantFrom(1, 2, 3, 4, 53, 443),
    endPort: fc.constantFrom(undefined, undefined, 4, 443, 65535),
  })
  .map(({ protocol, port: first, endPort }) => ({
    protocol,
    port: first,
    ...(endPort === undefined || endPort < first ? {} : { endPort }),
  }));
const ports = fc.array(port, { minLength: 1, maxLength: 3 });

const network: fc.Arbitrary<Network> = fc
  .record({ cidrs: fc.array(cidr, { minLength: 1, maxLength: 4 }), ports })
  .map(({ cidrs, ports: open }) => ({ name: "n", addresses: addressesOf(cidrs), ports: open }));

const value = fc.constantFrom("a", "b");
/** Selectors over one label, so that they imply, overlap and contradict each other. */
export const selectorOver = (key: string): fc.Arbitrary<LabelSelector> =>
  fc.oneof(
    fc.constant({}),
    value.map((one) => ({ matchLabels: { [key]: one } })),
    fc
      .array(
        fc.oneof(
          fc
            .tuple(fc.constantFrom("In", "NotIn"), fc.array(value, { minLength: 1, maxLength: 2 }))
            .map(([operator, values]) => ({ key, operator, values })),
          fc.constantFrom("Exists", "DoesNotExist").map((operator) => ({ key, operator })),
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map((matchExpressions) => ({ matchExpressions })),
  );

const from: fc.Arbitrary<IngressPeer> = fc.oneof(
  fc.record({
    kind: fc.constant("addresses" as const),
    addresses: fc.array(cidr, { minLength: 1, maxLength: 3 }).map(addressesOf),
    ports,
  }),
  fc.record(
    {
      kind: fc.constant("pods" as const),
      namespaceSelector: selectorOver("team"),
      podSelector: selectorOver("app"),
      ports: fc.oneof(fc.constant([]), ports),
    },
    { requiredKeys: ["kind", "namespaceSelector", "ports"] },
  ),
);

/** What zones of every kind open: with and without peers of their own, isolated and open. */
export const zoneParts: fc.Arbitrary<Pick<Zone, "egress" | "ingress">> = fc
  .record({
    withinZone: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    networks: fc.array(network, { maxLength: 3 }),
    isolation: fc.constantFrom("Isolated" as const, "Isolated" as const, "Isolated" as const, "Open" as const),
    from: fc.array(from, { maxLength: 3 }),
  })
  .map(({ withinZone, networks, isolation, from: peers }) => ({
    egress: { ...zone().egress, withinZone, networks },
    ingress: { isolation, from: peers },
  }));

/** Zones as both sides see them. */
export const ground: fc.Arbitrary<Ground> = zoneParts.map((parts) => {
  const compiled = compile({ zone: zone(parts), clusters: [], apiServer: undefined, dns: [] });
  if (compiled.kind === "refused") throw new Error(JSON.stringify(compiled));
  return groundOf(compiled.specs.map(({ spec }) => spec));
});

/** A zone that allows what these policies open; `cluster` is this cluster's name where it is one of several. */
export const groundOf = (specs: readonly Spec[], cluster?: string): Ground => {
  const opened = specs.map((spec) => openedBy(spec, "payments"));
  return {
    specs,
    allowed: allowedBy(
      "us",
      ["payments", "ledger"],
      specs.map((spec) => ({ ...spec })),
      cluster,
    ),
    allows: (direction, end) => {
      const open = opened.flatMap((opens) => opens(direction, end) ?? []);
      return (protocol, number) => open.some((one) => one(protocol, number));
    },
  };
};
