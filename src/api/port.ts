import { Type } from "typebox";
import { rule } from "./rule.ts";

const port = Type.Object(
  {
    protocol: Type.Enum(["TCP", "UDP", "SCTP"], { description: "Transport protocol. Default: TCP.", default: "TCP" }),
    port: Type.Integer({ description: "A port, from 1 to 65535.", format: "int32", minimum: 1, maximum: 65535 }),
    endPort: Type.Optional(
      Type.Integer({
        description:
          "Last port of a range that starts at port, itself included, from port to 65535. Left out, only port is meant.",
        format: "int32",
        minimum: 1,
        maximum: 65535,
      }),
    ),
  },
  {
    description: "One port, or a range of ports. Example: {protocol: TCP, port: 443, endPort: 444}.",
    rules: [
      rule<{ port: number; endPort?: number }>({
        cel: "!has(self.endPort) || self.endPort >= self.port",
        says: "must not be below port",
        at: ".endPort",
        holds: ({ port: first, endPort = first }) => endPort >= first,
      }),
    ],
  },
);

/** A list of ports, each named once. */
export const portList = (description: string) =>
  Type.Array(port, {
    description,
    minItems: 1,
    maxItems: 32,
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["protocol", "port"],
  });
