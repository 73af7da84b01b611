import type { Peers } from "./flow.ts";
import { together } from "./flow.ts";
import { edgesOf, hasPort, protocols } from "./port-set.ts";
import type { PortSet, Protocol } from "./port-set.ts";

/** Peers on ports. */
export type Flow = { readonly peers: Peers; readonly ports: PortSet };

/** What flows allow together, asked port by port: between two edges it is the same for every port. */
export type Cover = {
  readonly edges: Readonly<Record<Protocol, readonly number[]>>;
  readonly at: (protocol: Protocol, port: number) => Peers;
};

/** Flows as a cover. Peers are merged when first asked for, once for all ports that the same flows are open on. */
export function coverOf(flows: readonly Flow[]): Cover {
  const merged = new Map<string, Peers>();
  const edges = (protocol: Protocol): readonly number[] =>
    [...new Set(flows.flatMap(({ ports }) => edgesOf(ports, protocol)))].toSorted((a, b) => a - b);
  const [TCP, UDP, SCTP, other] = protocols.map(edges);
  return {
    edges: { TCP: TCP ?? [], UDP: UDP ?? [], SCTP: SCTP ?? [], other: other ?? [] },
    at: (protocol, port) => {
      const open = flows.flatMap(({ ports }, index) => (hasPort(ports, protocol, port) ? [index] : []));
      const key = open.join();
      const known = merged.get(key);
      if (known !== undefined) return known;
      const peers = together(open.flatMap((index) => flows[index]?.peers ?? []));
      merged.set(key, peers);
      return peers;
    },
  };
}
