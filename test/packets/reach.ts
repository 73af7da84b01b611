import { apiServerAddress, apiServerPort } from "../cluster/addresses.ts";
import type { Target } from "../cluster/packets.ts";
import { nodeLocal, nodeOther, outside, pods, type Pod } from "./names.ts";
import type { Endpoint } from "./services.ts";
import type { Addresses } from "./stage.ts";
import { rows, type Row } from "./table.ts";

/** Addresses that are known once everything stands. */
export type World = {
  readonly addressesOf: (pod: (typeof pods)[Pod]) => Addresses;
  /** Services by what is behind them. */
  readonly foreignService: Endpoint;
  readonly approvedService: Endpoint;
  readonly apiServerService: Endpoint;
};

const tcp = (port: number, ...addresses: readonly string[]): readonly Target[] =>
  addresses.map((address) => ({ address, port }));
const udp = (port: number, ...addresses: readonly string[]): readonly Target[] =>
  addresses.map((address) => ({ address, port, protocol: "UDP" }));
const each = (port: number, ...addresses: readonly string[]): readonly Target[] => [
  ...tcp(port, ...addresses),
  ...udp(port, ...addresses),
];

/** What packets of the zone meet, by what the rows show. */
export const tableOf = ({ addressesOf, ...services }: World) => {
  const at = (pod: Pod): readonly [string, string] => [addressesOf(pods[pod]).v4, addressesOf(pods[pod]).v6];
  const { approved, approved6, foreign, foreign6 } = outside;
  const from = (source: string, source6: string, port: number, pod: Pod): readonly Target[] => {
    const [v4, v6] = at(pod);
    return [
      { address: v4, port, source },
      { address: v6, port, source: source6 },
    ];
  };
  return {
    approved: [
      ...rows("open", "client", tcp(443, approved, approved6)),
      ...rows("open", "client", each(8000, approved, approved6)),
      ...rows("open", "client", each(8003, approved, approved6)),
      ...rows("refused", "client", each(7999, approved, approved6)),
      ...rows("refused", "client", each(8004, approved, approved6)),
    ],
    edges: [
      ...rows("open", "client", tcp(443, outside.first, outside.last, outside.last6)),
      ...rows("refused", "client", tcp(443, outside.beyond, outside.beyond6)),
    ],
    foreign: [
      ...rows("refused", "client", tcp(443, foreign, foreign6, outside.metadata, outside.linkLocal)),
      ...rows("refused", "client", tcp(443, outside.translated, `::ffff:${foreign}`)),
      ...rows("refused", "client", udp(8000, foreign, foreign6, outside.metadata, outside.translated)),
      ...rows("refused", "far", tcp(443, foreign, foreign6, outside.metadata)),
    ],
    inbound: [
      ...rows("refused", "outside", from(foreign, foreign6, 8080, "client")),
      ...rows("refused", "outside", from(foreign, foreign6, 8080, "far")),
      ...rows("refused", "outside", from(approved, approved6, 53, "client")),
      ...rows("open", "outside", from(approved, approved6, 8080, "client")),
      ...rows("open", "outside", from(foreign, foreign6, 8080, "free")),
    ],
    peers: [
      ...rows("open", "client", [...tcp(8080, ...at("near"), ...at("far")), ...udp(53, ...at("near"), ...at("far"))]),
      ...rows("open", "far", tcp(8080, ...at("client"), ...at("near"))),
    ],
    hops: [
      ...rows("refused", "client", [
        ...tcp(8080, ...at("free"), ...at("posing"), ...at("other")),
        ...udp(53, ...at("free")),
      ]),
      ...rows("refused", "client", each(53, ...at("posing"))),
      ...rows("refused", "free", tcp(8080, ...at("client"), ...at("far"))),
      ...rows("refused", "posing", tcp(8080, ...at("client"), ...at("far"))),
      ...rows("refused", "other", tcp(8080, ...at("client"), ...at("far"))),
      ...rows("open", "free", tcp(8080, ...at("other"), ...at("posing"))),
    ],
    dns: [
      ...rows("open", "client", [...each(53, ...at("dns")), ...each(53, nodeLocal)]),
      ...rows("open", "far", [...each(53, ...at("dns")), ...each(53, nodeLocal)]),
      ...rows("refused", "client", [...tcp(8080, ...at("dns")), ...tcp(9253, nodeLocal)]),
      ...rows("refused", "client", [...each(53, outside.resolver), ...each(53, nodeOther)]),
    ],
    apiServer: apiServerRows("refused", services.apiServerService),
    services: [
      ...rows("refused", "client", [{ ...services.foreignService }]),
      ...rows("open", "client", [{ ...services.approvedService }]),
    ],
  } as const satisfies Readonly<Record<string, readonly Row[]>>;
};

/** The API server by its own address and by its Service's. */
export const apiServerRows = (wants: Row["wants"], service: Endpoint): readonly Row[] =>
  rows(wants, "client", [{ address: apiServerAddress, port: apiServerPort }, { ...service }]);

/** Where a packet of the zone is refused, one of a pod outside it on the same node passes: somebody is there, and there is a way. */
export const controlsOf = (all: readonly Row[], isInZone: (address: string) => boolean): readonly Row[] =>
  rows(
    "open",
    "free",
    all
      .filter(({ from, to, wants }) => from === "client" && wants === "refused" && !isInZone(to.address))
      .map(({ to }) => to),
  );
