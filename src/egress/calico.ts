import { field } from "../zone/json.ts";
import { calicoPeersAt, calicoSubjectAt } from "./calico-peers.ts";
import { calicoPortsAt } from "./calico-ports.ts";
import { opensNothing } from "./flow.ts";
import type { Direction, Reading, Rule } from "./flow.ts";
import { isAbsent, reader } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { mayBeOf } from "./select.ts";
import type { Place } from "./select.ts";

const specFields = [
  "tier",
  // Where others of its kind decide before it they only take away.
  "order",
  "ingress",
  "egress",
  "selector",
  "types",
  "serviceAccountSelector",
  "namespaceSelector",
  "performanceHints",
  // These make a policy one for hosts; it is judged as if it were for pods.
  "doNotTrack",
  "preDNAT",
  "applyOnForward",
];

/** A Calico NetworkPolicy, or GlobalNetworkPolicy where the place has no namespace: the first rule that matches decides. */
export function readCalico(policy: unknown, place: Place): Reading {
  const read = reader();
  const parts = read.object(field(policy, "spec"), "spec", specFields);
  const tier = read.text(parts["tier"], "spec.tier") ?? "default";
  const written = read.texts(parts["types"], "spec.types");
  const [egress, ingress] = [read.list(parts["egress"], "spec.egress"), read.list(parts["ingress"], "spec.ingress")];
  const assumed = [
    ...(ingress.length > 0 || egress.length === 0 ? ["Ingress"] : []),
    ...(egress.length > 0 ? ["Egress"] : []),
  ];
  const types = written.length > 0 ? written : assumed;
  const odd = types.find((type) => type !== "Ingress" && type !== "Egress");
  if (odd !== undefined) read.refuse("spec.types", `must be Ingress or Egress, and ${odd} is neither`);
  const concerns = calicoSubjectAt(read, place, parts).some((pods) => mayBeOf(pods, place));
  const rules = [
    ...(types.includes("Egress")
      ? egress.flatMap(([rule, path]) => ruleAt(read, place, tier, "egress", rule, path))
      : []),
    ...(types.includes("Ingress")
      ? ingress.flatMap(([rule, path]) => ruleAt(read, place, tier, "ingress", rule, path))
      : []),
  ];
  const problem = read.problems.find(({ path }) => concerns || !/^spec\.(egress|ingress)\[/.test(path));
  if (problem !== undefined) return { kind: "unproved", ...problem };
  return concerns ? { kind: "rules", rules } : opensNothing;
}

const ruleFields = [
  "action",
  "ipVersion",
  "protocol",
  "notProtocol",
  "icmp",
  "notICMP",
  "source",
  "destination",
  "http",
  "metadata",
];

/** What a rule may ask beyond peers, protocol and ports of the destination. It narrows: passed over where one allows. */
const narrowing = ["icmp", "notICMP", "http"];

function ruleAt(
  read: Reader,
  place: Place,
  tier: string,
  direction: Direction,
  value: unknown,
  path: string,
): readonly Rule[] {
  const parts = read.object(value, path, ruleFields);
  const action = actionAt(read, tier, parts["action"], `${path}.action`);
  if (action === undefined) return [];
  const [near, far] =
    direction === "egress" ? (["source", "destination"] as const) : (["destination", "source"] as const);
  const own = Object.entries(read.object(parts[near], `${path}.${near}`, entityFields)).filter(
    ([name, one]) => !isAbsent(one) && !(near === "destination" && (name === "ports" || name === "notPorts")),
  );
  const peer = read.object(parts[far], `${path}.${far}`, entityFields);
  const sourcePorts = far === "source" && !(isAbsent(peer["ports"]) && isAbsent(peer["notPorts"]));
  const narrows = own.length > 0 || sourcePorts || narrowing.some((name) => !isAbsent(parts[name]));
  // Of a rule that blocks under conditions, nothing is sure to be blocked.
  if (action === "block" && narrows) return [];
  const peers = calicoPeersAt(read, place, action, { ...peer, ipVersion: parts["ipVersion"] }, `${path}.${far}`);
  const { ports, notPorts } = read.object(parts["destination"], `${path}.destination`, entityFields);
  const open = calicoPortsAt(
    read,
    action,
    { protocol: parts["protocol"], notProtocol: parts["notProtocol"], ports, notPorts },
    path,
  );
  return peers === undefined ? [] : [{ action, direction, entries: [{ ...peers, path: `${path}.${far}` }], ...open }];
}

const entityFields = [
  "nets",
  "notNets",
  "selector",
  "notSelector",
  "namespaceSelector",
  "services",
  "ports",
  "notPorts",
  "serviceAccounts",
];

/**
 * Log decides nothing. Pass leaves a packet to the next tier, where the zone's own policies are if this one is not theirs;
 * from their tier, the default one, it leads past them to profiles, and those allow.
 */
function actionAt(read: Reader, tier: string, value: unknown, path: string): Rule["action"] | undefined {
  switch (typeof value === "string" ? value.toLowerCase() : value) {
    case "allow":
      return "allow";
    case "deny":
      return "block";
    case "pass":
    case "next-tier":
      return tier === "default" ? "allow" : "block";
    case "log":
      return undefined;
    default:
      read.refuse(path, "must be Allow, Deny, Pass or Log");
      return undefined;
  }
}
