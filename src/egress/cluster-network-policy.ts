import { field } from "../zone/json.ts";
import { readAdminRules } from "./admin-rules.ts";
import type { Dialect } from "./admin-rules.ts";
import { opensNothing } from "./flow.ts";
import type { Reading } from "./flow.ts";
import { rangeOf } from "./admin-ports.ts";
import { portNumber } from "./policy-ports.ts";
import { allOf } from "./port-set.ts";
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
  named: "destinationNamedPort",
  ranges: {
    tcp: (read, value, path) => rangesAt(read, "TCP", value, path),
    udp: (read, value, path) => rangesAt(read, "UDP", value, path),
    sctp: (read, value, path) => rangesAt(read, "SCTP", value, path),
  },
};

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
