import { addressesOf } from "../../../../src/zone/networks.ts";
import type { Port, Zone } from "../../../../src/zone/zone.ts";
import { zone } from "../../world.ts";

const https: Port = { protocol: "TCP", port: 443 };

/** A zone with a network of both families, a range of ports, and peers that may connect. */
export const goldenTier: Zone = zone({
  egress: {
    ...zone().egress,
    networks: [
      {
        name: "partner",
        addresses: addressesOf(["203.0.113.0/24", "2001:db8:1::/48"]),
        ports: [https, { protocol: "TCP", port: 8000, endPort: 8080 }],
      },
    ],
  },
  ingress: {
    isolation: "Isolated",
    from: [
      { kind: "pods", namespaceSelector: { matchLabels: { team: "a" } }, podSelector: {}, ports: [https] },
      { kind: "addresses", addresses: addressesOf(["10.0.20.0/24"]), ports: [https] },
    ],
  },
});

const many = Array.from({ length: 20_000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/25`);

/** A zone with more blocks and more ports than one policy of any kind holds. */
export const tierOfLimits: Zone = zone({
  egress: {
    ...zone().egress,
    networks: [
      {
        name: "many",
        addresses: addressesOf(many),
        ports: Array.from({ length: 30 }, (_, at) => ({ protocol: "TCP" as const, port: 1_000 + 2 * at })),
      },
    ],
  },
});
