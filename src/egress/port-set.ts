/** Protocols that have ports, and all others together (ICMP, GRE, …), which none of our policies tells apart. */
export const protocols = ["TCP", "UDP", "SCTP", "other"] as const;

/** One of them. */
export type Protocol = (typeof protocols)[number];

/** Ports of one protocol from `first` to `last`, both included; protocols without ports have the one port 0. */
export type PortRange = { readonly protocol: Protocol; readonly first: number; readonly last: number };

/** A set of ports: by protocol, sorted, disjoint, never two ranges that touch. */
export type PortSet = Readonly<Record<Protocol, readonly PortRange[]>>;

/** The highest port. Port 0 counts too: a rule without ports opens it, and packets may bear it. */
export const lastPort = 65_535;

/** Every port of one protocol. */
export const allOf = (protocol: Protocol): PortRange => ({
  protocol,
  first: 0,
  last: protocol === "other" ? 0 : lastPort,
});

/** The set of ranges in any order, which may overlap. */
export const portSetOf = (ranges: readonly PortRange[]): PortSet => ({
  TCP: merged("TCP", ranges),
  UDP: merged("UDP", ranges),
  SCTP: merged("SCTP", ranges),
  other: merged("other", ranges),
});

/** Every port of every protocol. */
export const everyPort: PortSet = portSetOf(protocols.map(allOf));

/** Where a set changes from one port to the next: the first ports of what is inside and of what is outside. */
export const edgesOf = (set: PortSet, protocol: Protocol): readonly number[] =>
  set[protocol].flatMap(({ first, last }) => [first, last + 1]);

/** Whether the set has this port. */
export const hasPort = (set: PortSet, protocol: Protocol, port: number): boolean =>
  set[protocol].some(({ first, last }) => first <= port && port <= last);

/** A range cut at every edge inside it; `edges` is sorted. */
export function cut({ protocol, first, last }: PortRange, edges: readonly number[]): readonly PortRange[] {
  const inside = edges.filter((edge, index) => edge > first && edge <= last && edge !== edges[index - 1]);
  const starts = [first, ...inside];
  return starts.map((start, index) => ({ protocol, first: start, last: (starts[index + 1] ?? last + 1) - 1 }));
}

function merged(protocol: Protocol, ranges: readonly PortRange[]): readonly PortRange[] {
  const out: PortRange[] = [];
  for (const next of ranges.filter((range) => range.protocol === protocol).toSorted((a, b) => a.first - b.first)) {
    const previous = out.at(-1);
    if (previous === undefined || next.first > previous.last + 1) out.push(next);
    else if (next.last > previous.last) out[out.length - 1] = { ...previous, last: next.last };
  }
  return out;
}

/** The ports of `a` that are not in `b`. */
export const portsWithout = (a: PortSet, b: PortSet): PortSet =>
  portSetOf(
    protocols.flatMap((protocol) => {
      const edges = edgesOf(b, protocol);
      return a[protocol].flatMap((range) => cut(range, edges)).filter(({ first }) => !hasPort(b, protocol, first));
    }),
  );
