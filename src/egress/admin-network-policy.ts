import { field } from "../zone/json.ts";
import { readAdminRules } from "./admin-rules.ts";
import type { Dialect } from "./admin-rules.ts";
import { rangeOf, withNames } from "./cluster-network-policy.ts";
import type { Reading } from "./flow.ts";
import { portNumber, protocolAt } from "./policy-ports.ts";
import { everyPort } from "./port-set.ts";
import type { PortRange } from "./port-set.ts";
import { isAbsent } from "./reader.ts";
import type { Reader } from "./reader.ts";
import type { Place } from "./select.ts";

/** A policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy. */
export const readAdminNetworkPolicy = (policy: unknown, place: Place): Reading =>
  readAdminRules(field(policy, "spec"), place, dialect);

const dialect: Dialect = {
  fields: ["priority"],
  allow: "Allow",
  ports: "ports",
  portsAt: (read, action, value, path) => {
    if (isAbsent(value)) return { ports: everyPort };
    const names: string[] = [];
    const ranges = read.list(value, path).flatMap(([entry, at]) => {
      const parts = read.object(entry, at, ["portNumber", "portRange", "namedPort"]);
      const name = read.text(parts["namedPort"], `${at}.namedPort`);
      if (name !== undefined) names.push(name);
      return [
        ...numberAt(read, parts["portNumber"], `${at}.portNumber`),
        ...rangeAt(read, parts["portRange"], `${at}.portRange`),
      ];
    });
    return withNames(action, ranges, names);
  },
};

function numberAt(read: Reader, value: unknown, path: string): readonly PortRange[] {
  if (isAbsent(value)) return [];
  const parts = read.object(value, path, ["protocol", "port"]);
  const protocol = protocolAt(read, parts["protocol"], `${path}.protocol`);
  const port = portNumber(read, parts["port"], `${path}.port`);
  return protocol === undefined ? [] : [{ protocol, first: port, last: port }];
}

function rangeAt(read: Reader, value: unknown, path: string): readonly PortRange[] {
  if (isAbsent(value)) return [];
  const parts = read.object(value, path, ["protocol", "start", "end"]);
  const protocol = protocolAt(read, parts["protocol"], `${path}.protocol`);
  return protocol === undefined ? [] : [rangeOf(read, protocol, parts["start"], parts["end"], path)];
}
