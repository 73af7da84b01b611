import { compile } from "../../../../src/egress/compile.ts";
import { addressesOf } from "../../../../src/zone/networks.ts";
import { zone } from "../../world.ts";
import { groundOf } from "./zones.ts";

const compiled = compile({
  zone: zone({
    egress: {
      ...zone().egress,
      networks: [
        {
          name: "web",
          addresses: addressesOf(["198.51.100.0/24"]),
          ports: [{ protocol: "TCP", port: 443, endPort: 444 }],
        },
        {
          name: "v6",
          addresses: addressesOf(["2001:db8::/32"]),
          ports: [{ protocol: "TCP", port: 1, endPort: 65535 }],
        },
        { name: "half", addresses: addressesOf(["198.51.101.0/24"]), ports: [{ protocol: "TCP", port: 443 }] },
      ],
    },
    ingress: {
      isolation: "Isolated",
      from: [
        { kind: "pods", namespaceSelector: { matchLabels: { team: "a" } }, ports: [] },
        { kind: "pods", namespaceSelector: { matchLabels: { team: "b" } }, ports: [] },
        { kind: "addresses", addresses: addressesOf(["10.0.20.0/24"]), ports: [] },
      ],
    },
  }),
  clusters: [],
  apiServer: undefined,
  dns: [],
});
/** The policies of a zone with networks of both families and peers of both kinds. */
export const specs = compiled.kind === "compiled" ? compiled.specs : [];
/** What they allow. */
export const { allowed } = groundOf(specs.map(({ spec }) => spec));
