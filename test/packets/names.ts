import type { PodName } from "../cluster/kubelet.ts";

/** The zone whose packets are sent, and another one that lets everybody in. */
export const zone = "packets";
export const otherZone = "packets-other";

/** Addresses outside the cluster. The first of each block that the zone approves, its last, and one beyond it. */
export const outside = {
  approved: "198.51.100.1",
  approved6: "2001:db8:1::1",
  first: "198.51.100.0",
  last: "198.51.100.127",
  beyond: "198.51.100.128",
  last6: "2001:db8:1:0:ffff:ffff:ffff:ffff",
  beyond6: "2001:db8:1:1::",
  foreign: "203.0.113.10",
  foreign6: "2001:db8:2::10",
  resolver: "203.0.113.53",
  metadata: "169.254.169.254",
  linkLocal: "169.254.7.7",
  /** The foreign address by way of a translator. */
  translated: "64:ff9b::cb00:710a",
} as const;

/** What the approved network and its neighbours answer on: the port approved, the range's edges and one beyond each. */
export const outsidePorts = { tcp: [443, 53, 7999, 8000, 8003, 8004], udp: [53, 7999, 8000, 8003, 8004] } as const;

/** Addresses of each node's own: the DNS cache, and one that is nothing to anybody. */
export const nodeLocal = "169.254.20.10";
export const nodeOther = "169.254.20.11";

/** The zone as the table has it. */
export const zoneSpec = {
  nodes: { provider: "OCI", regions: ["us-ashburn-1"] },
  egress: {
    networks: [
      {
        name: "partner",
        cidrs: ["198.51.100.0/25", "2001:db8:1::/64"],
        ports: [
          { protocol: "TCP", port: 443 },
          { protocol: "TCP", port: 8000, endPort: 8003 },
          { protocol: "UDP", port: 8000, endPort: 8003 },
        ],
      },
    ],
  },
  ingress: { from: [{ cidrs: ["198.51.100.0/25", "2001:db8:1::/64"], ports: [{ protocol: "TCP", port: 8080 }] }] },
} as const;

/** The pods of the table: where they are, and what they call themselves. */
export const pods = {
  client: { name: "client", namespace: "packets-us" },
  near: { name: "near", namespace: "packets-us" },
  far: { name: "far", namespace: "packets-us-more" },
  other: { name: "other", namespace: "packets-other" },
  free: { name: "free", namespace: "packets-free" },
  posing: { name: "posing", namespace: "packets-free" },
  dns: { name: "dns-packets", namespace: "kube-system" },
} as const satisfies Readonly<Record<string, PodName>>;
export type Pod = keyof typeof pods;
