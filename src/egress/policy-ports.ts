import { allOf, everyPort, lastPort, portSetOf } from "./port-set.ts";
import type { PortRange, PortSet, Protocol } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";

/** Ports with what a person should know of how they were read. */
export type ReadPorts = { readonly ports: PortSet; readonly note?: string };

/** NetworkPolicyPorts: none means every port of every protocol. */
export function policyPortsAt(read: Reader, value: unknown, path: string): ReadPorts {
  const entries = read.list(value, path);
  if (entries.length === 0) return { ports: everyPort };
  const named = entries.map(([entry]) => entry).flatMap(nameOf);
  const ports = portSetOf(entries.flatMap(([entry, at]) => portAt(read, entry, at)));
  return named.length === 0 ? { ports } : { ports, note: noteOn(named) };
}

/** What to say of ports in words. */
export const noteOn = (names: readonly string[]): string =>
  `port ${names.join(", ")} is whatever the pods at the other end call so, so every port of its protocol was judged`;

const nameOf = (entry: unknown): readonly string[] =>
  typeof entry === "object" && entry !== null && "port" in entry && typeof entry.port === "string" ? [entry.port] : [];

function portAt(read: Reader, value: unknown, path: string): readonly PortRange[] {
  const { protocol: spoken, port, endPort } = read.object(value, path, ["protocol", "port", "endPort"]);
  const protocol = protocolAt(read, spoken, `${path}.protocol`);
  if (protocol === undefined) return [];
  if (isAbsent(port)) {
    if (!isAbsent(endPort)) read.refuse(`${path}.endPort`, "needs a port");
    return [allOf(protocol)];
  }
  // A port in words is resolved at the destination, which nobody knows here: it may turn out to be any port.
  if (typeof port === "string") {
    if (!isAbsent(endPort)) read.refuse(`${path}.endPort`, "needs a port that is a number");
    return [{ protocol, first: 1, last: lastPort }];
  }
  const first = portNumber(read, port, `${path}.port`);
  const last = isAbsent(endPort) ? first : portNumber(read, endPort, `${path}.endPort`);
  if (last < first) read.refuse(`${path}.endPort`, "is below port");
  return [{ protocol, first, last }];
}

/** TCP, UDP or SCTP, and TCP where it is absent; anything else is a problem. */
export function protocolAt(read: Reader, value: unknown, path: string): Protocol | undefined {
  if (isAbsent(value)) return "TCP";
  if (value === "TCP" || value === "UDP" || value === "SCTP") return value;
  read.refuse(path, "must be TCP, UDP or SCTP");
  return undefined;
}

/** A port from 1 to 65535; anything else is a problem. */
export function portNumber(read: Reader, value: unknown, path: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= lastPort) return value;
  read.refuse(path, `must be a number from 1 to ${lastPort}`);
  return 0;
}
