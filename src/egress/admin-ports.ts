import { noteOn, portNumber } from "./policy-ports.ts";
import type { ReadPorts } from "./policy-ports.ts";
import { everyPort, lastPort, portSetOf } from "./port-set.ts";
import type { PortRange } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";

/** How a kind of policy.networking.k8s.io spells ports. */
export type PortDialect = {
  /** The field of an entry with a port in words. */
  readonly named: string;
  /** The fields with numbers, and what each of them means; none where it is not there. */
  readonly ranges: Readonly<Record<string, (read: Reader, value: unknown, path: string) => readonly PortRange[]>>;
};

/** What a rule's entries of ports open; where it blocks, no more than they surely mean. None means every port. */
export function adminPortsAt(
  read: Reader,
  { named, ranges }: PortDialect,
  action: "allow" | "block",
  value: unknown,
  path: string,
): ReadPorts {
  if (isAbsent(value)) return { ports: everyPort };
  const names: string[] = [];
  const found = read.list(value, path).flatMap(([entry, at]) => {
    const parts = read.object(entry, at, [...Object.keys(ranges), named]);
    const name = read.text(parts[named], `${at}.${named}`);
    if (name !== undefined) names.push(name);
    return Object.entries(ranges).flatMap(([field, rangesAt]) => rangesAt(read, parts[field], `${at}.${field}`));
  });
  return withNames(action, found, names);
}

/**
 * Ports in words are whatever the pods there call so, of whichever protocol: any, where a rule allows, and none, where
 * it blocks.
 */
const withNames = (action: "allow" | "block", ranges: readonly PortRange[], names: readonly string[]): ReadPorts =>
  names.length === 0 || action === "block"
    ? { ports: portSetOf(ranges) }
    : { ports: portSetOf([...ranges, ...anyNumber]), note: noteOn(names) };

const anyNumber: readonly PortRange[] = (["TCP", "UDP", "SCTP"] as const).map((protocol) => ({
  protocol,
  first: 1,
  last: lastPort,
}));

/** From `start` to `end`; anything else than two ports in this order is a problem. */
export function rangeOf(
  read: Reader,
  protocol: PortRange["protocol"],
  start: unknown,
  end: unknown,
  path: string,
): PortRange {
  const [first, last] = [portNumber(read, start, `${path}.start`), portNumber(read, end, `${path}.end`)];
  if (last < first) read.refuse(`${path}.end`, "is below start");
  return { protocol, first, last };
}
