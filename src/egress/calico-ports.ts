import type { Rule } from "./flow.ts";
import { noteOn } from "./policy-ports.ts";
import type { ReadPorts } from "./policy-ports.ts";
import { allOf, lastPort, portSetOf, portsWithout, protocols } from "./port-set.ts";
import type { PortRange, Protocol } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";

/** Protocols of a rule, then ports of its destination; undefined where a rule that blocks blocks none for sure. */
export function calicoPortsAt(
  read: Reader,
  action: Rule["action"],
  parts: {
    readonly protocol: unknown;
    readonly notProtocol: unknown;
    readonly ports: unknown;
    readonly notPorts: unknown;
  },
  path: string,
): ReadPorts {
  const spoken = isAbsent(parts.protocol) ? protocols : protocolAt(read, action, parts.protocol, `${path}.protocol`);
  // Of protocols without ports one that is left out leaves the others: allowing, all remain, and blocking, none is sure.
  const left = isAbsent(parts.notProtocol)
    ? []
    : protocolAt(read, action === "allow" ? "block" : "allow", parts.notProtocol, `${path}.notProtocol`);
  const meant = spoken.filter((protocol) => !left.includes(protocol));
  const [open, shut] = [
    numbersAt(read, parts.ports, `${path}.destination.ports`),
    numbersAt(read, parts.notPorts, `${path}.destination.notPorts`),
  ];
  const hasPorts = !isAbsent(parts.ports) && read.list(parts.ports, `${path}.destination.ports`).length > 0;
  if ((hasPorts || shut.ranges.length > 0) && (isAbsent(parts.protocol) || meant.includes("other")))
    read.refuse(`${path}.protocol`, "must be TCP, UDP or SCTP where ports are named");
  // A port in words may be any: opened where a rule allows, and never what it leaves out.
  const named = action === "allow" && open.names.length > 0 ? [{ first: 1, last: lastPort }] : [];
  const whole = hasPorts ? on(meant, [...open.ranges, ...named]) : meant.map(allOf);
  const doubtful = action === "block" && shut.names.length > 0;
  const ports = doubtful ? portSetOf([]) : portsWithout(portSetOf(whole), portSetOf(on(meant, shut.ranges)));
  return named.length === 0 ? { ports } : { ports, note: noteOn(open.names) };
}

type Numbers = { readonly first: number; readonly last: number };

const on = (meant: readonly Protocol[], ranges: readonly Numbers[]): readonly PortRange[] =>
  meant.flatMap((protocol) => ranges.map((range) => ({ ...range, protocol })));

/** By name or number. Those that have no ports count as all such where a rule allows, and as none where it blocks. */
function protocolAt(read: Reader, action: Rule["action"], value: unknown, path: string): readonly Protocol[] {
  switch (typeof value === "string" ? value.toUpperCase() : value) {
    case "TCP":
    case 6:
      return ["TCP"];
    case "UDP":
    case 17:
      return ["UDP"];
    case "SCTP":
    case 132:
      return ["SCTP"];
    case "ICMP":
    case "ICMPV6":
    case "UDPLITE":
      return action === "allow" ? ["other"] : [];
    default:
      if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 255)
        read.refuse(path, "is no protocol that is known here");
      return action === "allow" ? ["other"] : [];
  }
}

function numbersAt(
  read: Reader,
  value: unknown,
  path: string,
): { readonly ranges: readonly Numbers[]; readonly names: readonly string[] } {
  const ranges: Numbers[] = [];
  const names: string[] = [];
  for (const [item, at] of read.list(value, path)) {
    const [, first, last] = /^([0-9]{1,5})(?::([0-9]{1,5}))?$/.exec(String(item)) ?? [];
    if (first !== undefined) {
      const range = { first: Number(first), last: Number(last ?? first) };
      if (range.last > lastPort || range.last < range.first)
        read.refuse(at, `must lie from 0 to ${lastPort}, in order`);
      ranges.push(range);
    } else if (typeof item === "string" && /^[a-zA-Z0-9_.-]{1,128}$/.test(item)) names.push(item);
    else read.refuse(at, "is no port");
  }
  return { ranges, names };
}
