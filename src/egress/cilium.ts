import { field } from "../zone/json.ts";
import { ciliumPortsAt } from "./cilium-ports.ts";
import { peersAt, subjectAt } from "./cilium-labels.ts";
import { entityPeers } from "./cilium-entities.ts";
import { cidrsOrHostsAt, cidrSetAt } from "./cilium-blocks.ts";
import { everybody, nobody } from "./flow.ts";
import type { Direction, Entry, Reading, Rule } from "./flow.ts";
import { isAbsent, reader } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { mayBeOf } from "./select.ts";
import type { Place } from "./select.ts";

/**
 * A cilium.io/v2 CiliumNetworkPolicy, or CiliumClusterwideNetworkPolicy where the place has no namespace: `spec`, or
 * each of `specs`. Cilium allows what any policy allows, NetworkPolicies among them, and denies what any denies; here
 * only the denials of the same spec are counted, for only they surely concern the same pods.
 */
export function readCilium(policy: unknown, place: Place): Reading {
  const read = reader();
  const spec = field(policy, "spec");
  const rules = [
    ...(isAbsent(spec) ? [] : specAt(read, place, spec, "spec")),
    ...read.list(field(policy, "specs"), "specs").flatMap(([one, path]) => specAt(read, place, one, path)),
  ];
  const [problem] = read.problems;
  return problem === undefined ? { kind: "rules", rules } : { kind: "unproved", ...problem };
}

const specFields = [
  "endpointSelector",
  "nodeSelector",
  "ingress",
  "ingressDeny",
  "egress",
  "egressDeny",
  "labels",
  "description",
  // What it selects is closed already by the zone's own policies, and one that asks for that is enough.
  "enableDefaultDeny",
  "log",
];

function specAt(read: Reader, place: Place, value: unknown, path: string): readonly Rule[] {
  const parts = read.object(value, path, specFields);
  const { endpointSelector, nodeSelector } = parts;
  if (isAbsent(endpointSelector)) {
    // A policy for nodes is none for pods.
    if (isAbsent(nodeSelector)) read.refuse(path, "must have an endpointSelector or a nodeSelector");
    return [];
  }
  if (!subjectAt(read, place, endpointSelector, `${path}.endpointSelector`).some((pods) => mayBeOf(pods, place)))
    return [];
  // Denials come first, whatever the order in which they are written.
  return (["block", "allow"] as const).flatMap((action) =>
    (["egress", "ingress"] as const).flatMap((direction) => {
      const name = action === "block" ? `${direction}Deny` : direction;
      return read
        .list(parts[name], `${path}.${name}`)
        .flatMap(([rule, at]) => ruleAt(read, place, action, direction, rule, at))
        .map((rule) => ({ ...rule, within: path }));
    }),
  );
}

/** What a rule may say of peers that nobody can resolve from the policy, and why. */
const unresolved: Readonly<Record<string, string>> = {
  FQDNs: "is whatever addresses name servers answer with",
  Services: "is whatever addresses a Service has behind it, which may be anywhere",
  Groups: "is whatever addresses a cloud provider gives for a group",
  Nodes: "is whatever addresses nodes have",
  Requires: "takes away by labels, in a way that Cilium gave up",
};

function ruleAt(
  read: Reader,
  place: Place,
  action: Rule["action"],
  direction: Direction,
  value: unknown,
  path: string,
): readonly Rule[] {
  const side = direction === "egress" ? "to" : `from`;
  const peers = ["Endpoints", "CIDR", "CIDRSet", "Entities", ...Object.keys(unresolved)].map((name) => side + name);
  const parts = read.object(value, path, [...peers, "toPorts", "icmps", "authentication"]);
  const named = peers.filter((name) => !isAbsent(parts[name]));
  for (const name of named) {
    const why = unresolved[name.slice(side.length)];
    const isEmpty = read.list(parts[name], `${path}.${name}`).length === 0;
    if (why === undefined && !isEmpty) continue;
    // A denial that nobody can resolve, or that names nobody, is taken to deny nobody.
    if (action === "block") return [];
    read.refuse(`${path}.${name}`, why ?? "is empty, which some versions take for nobody and some for everybody");
  }
  const entries = named.flatMap((name) =>
    read
      .list(parts[name], `${path}.${name}`)
      .flatMap(([peer, at]) => entryAt(read, place, action, name.slice(side.length), peer, at)),
  );
  return [
    {
      action,
      direction,
      entries: named.length === 0 ? [{ path, ...everybody }] : entries,
      ...ciliumPortsAt(read, action, parts["toPorts"], parts["icmps"], path),
    },
  ];
}

function entryAt(
  read: Reader,
  place: Place,
  action: Rule["action"],
  name: string,
  value: unknown,
  path: string,
): readonly Entry[] {
  switch (name) {
    case "CIDR":
      return [{ ...nobody, path, addresses: cidrsOrHostsAt(read, [[value, path]]) }];
    case "CIDRSet": {
      const addresses = cidrSetAt(read, action, value, path);
      return addresses === undefined ? [] : [{ ...nobody, path, addresses }];
    }
    case "Entities": {
      const peers = entityPeers(value, place.cluster);
      if (peers === undefined) read.refuse(path, "is no entity that is known here");
      return peers === undefined ? [] : [{ ...peers, path }];
    }
    default: {
      const { pods, exact } = peersAt(read, place, action, value, path);
      if (!exact && action === "allow")
        read.refuse(path, "selects by what is no label of a pod, a namespace or a cluster");
      return exact ? [{ ...nobody, path, pods }] : [];
    }
  }
}
