import { Type, type Static } from "typebox";
import { portList } from "./port.ts";
import { cidrText, nameText } from "./texts.ts";

/** A list of blocks, each named once, or `minItems` of none. */
export const cidrList = (description: string) =>
  Type.Array(cidrText("A block of addresses, IPv4 or IPv6, without host bits. Example: 203.0.113.0/24."), {
    description,
    minItems: 1,
    maxItems: 256,
    "x-kubernetes-list-type": "set",
  });

const network = Type.Object(
  {
    name: nameText("What people call this network, a DNS label. Messages and conditions use it. Example: gateway."),
    cidrs: cidrList(
      "Blocks of addresses, 1 to 256, IPv4 and IPv6. No loopback, link-local or multicast, not the whole Internet, and nothing of this cluster's own pods, services or nodes. Example: [198.51.100.0/24, '2001:db8:1::/48'].",
    ),
    ports: portList("Ports that are open at these addresses, 1 to 32. There is no way to say every port."),
  },
  { description: "Addresses outside the cluster and the ports that matter there." },
);

/** A network as the API server stores it. */
export type NetworkSpec = Static<typeof network>;

/** At least `minItems` and at most 64 networks, each with a name of its own. */
export const networkList = (description: string, minItems: 0 | 1) =>
  Type.Array(network, {
    description,
    ...(minItems === 0 ? { default: [] } : { minItems }),
    maxItems: 64,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
  });
