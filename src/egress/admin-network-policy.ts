import { field } from "../zone/json.ts";
import { readAdminRules } from "./admin-rules.ts";
import type { Dialect } from "./admin-rules.ts";
import { rangeOf } from "./admin-ports.ts";
import type { Reading } from "./flow.ts";
import { portNumber, protocolAt } from "./policy-ports.ts";
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
  named: "namedPort",
  ranges: {
    portNumber: numberAt,
    portRange: rangeAt,
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
