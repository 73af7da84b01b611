import type { Rule } from "./flow.ts";
import { noteOn } from "./policy-ports.ts";
import type { ReadPorts } from "./policy-ports.ts";
import { allOf, everyPort, lastPort, portSetOf } from "./port-set.ts";
import type { PortRange, Protocol } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";

/**
 * toPorts and icmps of a rule; with neither, every port. What is asked of the connection beyond ports (`rules`, TLS,
 * server names) only ever narrows, so where a rule allows it is passed over.
 */
export function ciliumPortsAt(
  read: Reader,
  action: Rule["action"],
  toPorts: unknown,
  icmps: unknown,
  path: string,
): ReadPorts {
  const rules = read.list(toPorts, `${path}.toPorts`);
  const pings = read.list(icmps, `${path}.icmps`);
  if (rules.length === 0 && pings.length === 0)
    return { ports: action === "allow" || (isAbsent(toPorts) && isAbsent(icmps)) ? everyPort : portSetOf([]) };
  const names: string[] = [];
  const narrowing = ["rules", "terminatingTLS", "originatingTLS", "serverNames"];
  const ranges = rules.flatMap(([rule, at]) => {
    const parts = read.object(rule, at, ["ports", ...(action === "allow" ? [...narrowing, "listener"] : [])]);
    if (!isAbsent(parts["listener"]))
      read.refuse(`${at}.listener`, "hands connections to a proxy, which may lead anywhere");
    const ports = read.list(parts["ports"], `${at}.ports`);
    if (ports.length === 0) return action === "allow" ? every : [];
    return ports.flatMap(([port, where]) => portAt(read, action, names, port, where));
  });
  // Kinds of ICMP are not told apart here: one of them allowed counts for all, one of them denied for none.
  const all = [...ranges, ...(action === "allow" && pings.length > 0 ? [allOf("other")] : [])];
  return names.length === 0 || action === "block"
    ? { ports: portSetOf(all) }
    : { ports: portSetOf(all), note: noteOn(names) };
}

const every: readonly PortRange[] = (["TCP", "UDP", "SCTP", "other"] as const).map(allOf);

function portAt(
  read: Reader,
  action: Rule["action"],
  names: string[],
  value: unknown,
  path: string,
): readonly PortRange[] {
  const parts = read.object(value, path, ["port", "endPort", "protocol"]);
  const text = read.text(parts["port"], `${path}.port`);
  const protocols = protocolsAt(read, action, parts["protocol"], text === "0", `${path}.protocol`);
  const endPort = parts["endPort"] ?? 0;
  if (text !== undefined && /^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= lastPort) {
    const first = Number(text);
    if (
      typeof endPort !== "number" ||
      !Number.isInteger(endPort) ||
      endPort > lastPort ||
      (endPort > 0 && endPort < first)
    )
      read.refuse(`${path}.endPort`, `must be a number from port to ${lastPort}`);
    // Port 0 is every port.
    return protocols.map((protocol) =>
      first === 0 || protocol === "other"
        ? allOf(protocol)
        : { protocol, first, last: Math.max(first, Number(endPort)) },
    );
  }
  if (text === undefined || !/^(?=.*[a-z])[a-z0-9-]{1,15}$/i.test(text)) {
    read.refuse(`${path}.port`, "must be a port in digits, without leading zeros, or the name of one");
    return [];
  }
  names.push(text);
  return action === "block"
    ? []
    : protocols.map((protocol) => ({ ...allOf(protocol), first: protocol === "other" ? 0 : 1 }));
}

/** None, or ANY, is whichever of them Cilium is set up to know: SCTP only where it was told to. */
function protocolsAt(
  read: Reader,
  action: Rule["action"],
  value: unknown,
  everyNumber: boolean,
  path: string,
): readonly Protocol[] {
  const spoken = (read.text(value, path) ?? "").toUpperCase();
  switch (spoken) {
    case "TCP":
    case "UDP":
    case "SCTP":
      return [spoken];
    case "":
    case "ANY":
      if (action === "block") return ["TCP", "UDP"];
      return everyNumber ? ["TCP", "UDP", "SCTP", "other"] : ["TCP", "UDP", "SCTP"];
    case "ICMP":
    case "ICMPV6":
    case "VRRP":
    case "IGMP":
      return action === "block" ? [] : ["other"];
    default:
      read.refuse(path, "is no protocol that is known here");
      return [];
  }
}
