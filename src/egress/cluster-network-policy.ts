import { field } from "../zone/json.ts";
import { readAdminRules } from "./admin-rules.ts";
import type { Dialect } from "./admin-rules.ts";
import { opensNothing } from "./flow.ts";
import type { Reading } from "./flow.ts";
import { noteOn, portNumber } from "./policy-ports.ts";
import type { ReadPorts } from "./policy-ports.ts";
import { allOf, everyPort, lastPort, portSetOf } from "./port-set.ts";
import type { PortRange } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";
import type { Place } from "./select.ts";

/** A policy.networking.k8s.io/v1alpha2 ClusterNetworkPolicy. */
export function readClusterNetworkPolicy(policy: unknown, place: Place): Reading {
  const spec = field(policy, "spec");
  const tier = field(spec, "tier");
  // Reached only for pods that no NetworkPolicy selects, and the zone's own selects every one of its pods.
  if (tier === "Baseline") return opensNothing;
  if (tier !== "Admin") return { kind: "unproved", path: "spec.tier", message: "must be Admin or Baseline" };
  return readAdminRules(spec, place, dialect);
}

const dialect: Dialect = {
  fields: ["tier", "priority"],
  allow: "Accept",
  ports: "protocols",
  portsAt: (read, action, value, path) => {
    if (isAbsent(value)) return { ports: everyPort };
    const names: string[] = [];
    const ranges = read.list(value, path).flatMap(([entry, at]) => {
      const parts = read.object(entry, at, ["tcp", "udp", "sctp", "destinationNamedPort"]);
      const name = read.text(parts["destinationNamedPort"], `${at}.destinationNamedPort`);
      if (name !== undefined) names.push(name);
      return [
        ...rangesAt(read, "TCP", parts["tcp"], `${at}.tcp`),
        ...rangesAt(read, "UDP", parts["udp"], `${at}.udp`),
        ...rangesAt(read, "SCTP", parts["sctp"], `${at}.sctp`),
      ];
    });
    return withNames(action, ranges, names);
  },
};

/**
 * Ports in words are whatever the pods there call so, of whichever protocol: any, where a rule allows, and none, where
 * it blocks.
 */
export const withNames = (
  action: "allow" | "block",
  ranges: readonly PortRange[],
  names: readonly string[],
): ReadPorts =>
  names.length === 0 || action === "block"
    ? { ports: portSetOf(ranges) }
    : { ports: portSetOf([...ranges, ...anyNumber]), note: noteOn(names) };

const anyNumber: readonly PortRange[] = (["TCP", "UDP", "SCTP"] as const).map((protocol) => ({
  protocol,
  first: 1,
  last: lastPort,
}));

function rangesAt(read: Reader, protocol: PortRange["protocol"], value: unknown, path: string): readonly PortRange[] {
  if (isAbsent(value)) return [];
  const { destinationPort } = read.object(value, path, ["destinationPort"]);
  if (isAbsent(destinationPort)) return [allOf(protocol)];
  const { number, range } = read.object(destinationPort, `${path}.destinationPort`, ["number", "range"]);
  if (!isAbsent(number)) {
    const port = portNumber(read, number, `${path}.destinationPort.number`);
    if (!isAbsent(range)) read.refuse(`${path}.destinationPort`, "must have a number or a range, one of the two");
    return [{ protocol, first: port, last: port }];
  }
  const { start, end } = read.object(range, `${path}.destinationPort.range`, ["start", "end"]);
  return [rangeOf(read, protocol, start, end, `${path}.destinationPort.range`)];
}

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
