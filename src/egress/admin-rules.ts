import { adminPortsAt } from "./admin-ports.ts";
import type { PortDialect } from "./admin-ports.ts";
import type { Direction, Entry, Reading, Rule } from "./flow.ts";
import { nobody, opensNothing } from "./flow.ts";
import { cidrsAt } from "./network-policy.ts";
import { namespaceKey } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { isAbsent, reader } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { mayBeOf, podsOf, selected, splitByHome } from "./select.ts";
import type { Place } from "./select.ts";

/** What differs between the kinds of policy.networking.k8s.io. */
export type Dialect = PortDialect & {
  /** Fields of spec besides subject, ingress and egress. */
  readonly fields: readonly string[];
  /** The action that allows; Deny and Pass are called so in all of them. */
  readonly allow: string;
  /** The field of a rule with its ports. */
  readonly ports: string;
};

/**
 * A cluster-wide policy before all NetworkPolicies, as rules of which the first that matches decides. Pass, which leaves
 * a packet to the NetworkPolicies, keeps later rules from it as Deny does, and opens nothing by itself.
 */
export function readAdminRules(spec: unknown, place: Place, dialect: Dialect): Reading {
  const read = reader();
  const parts = read.object(spec, "spec", ["subject", "ingress", "egress", ...dialect.fields]);
  const subject = podsAt(read, place, parts["subject"], "spec.subject", []);
  const rules = (["egress", "ingress"] as const).flatMap((direction) =>
    read
      .list(parts[direction], `spec.${direction}`)
      .flatMap(([rule, path]) => ruleAt(read, place, dialect, direction, rule, path)),
  );
  const concerns = subject === undefined || subject.some((pods) => mayBeOf(pods, place));
  // What rules say of the pods of others is not this zone's business; what is not known beside them may be.
  const problem = read.problems.find(({ path }) => concerns || !/^spec\.(egress|ingress)\[/.test(path));
  if (problem === undefined && !concerns) return opensNothing;
  return problem === undefined ? { kind: "rules", rules } : { kind: "unproved", ...problem };
}

function ruleAt(
  read: Reader,
  place: Place,
  dialect: Dialect,
  direction: Direction,
  value: unknown,
  path: string,
): readonly Rule[] {
  const peers = direction === "egress" ? "to" : "from";
  const parts = read.object(value, path, ["name", "action", peers, dialect.ports]);
  const action = actionAt(read, dialect, parts["action"], `${path}.action`);
  const entries = read
    .list(parts[peers], `${path}.${peers}`)
    .flatMap(([peer, at]) => entryAt(read, place, action, direction, peer, at));
  return [
    {
      action,
      direction,
      entries,
      ...adminPortsAt(read, dialect, action, parts[dialect.ports], `${path}.${dialect.ports}`),
    },
  ];
}

function actionAt(read: Reader, { allow }: Dialect, value: unknown, path: string): Rule["action"] {
  if (value === "Deny" || value === "Pass") return "block";
  if (value !== allow) read.refuse(path, `must be ${allow}, Deny or Pass`);
  return "allow";
}

function entryAt(
  read: Reader,
  place: Place,
  action: Rule["action"],
  direction: Direction,
  value: unknown,
  path: string,
): readonly Entry[] {
  const outward = direction === "egress" ? ["networks", "nodes", "domainNames"] : [];
  const { networks, nodes, domainNames } = read.object(value, path, ["namespaces", "pods", ...outward]);
  const unknown = isAbsent(nodes) ? (isAbsent(domainNames) ? undefined : "domainNames") : "nodes";
  if (unknown !== undefined) {
    // What blocks nobody knows whom is taken to block nobody.
    if (action === "allow") read.refuse(`${path}.${unknown}`, unresolved[unknown]);
    return [];
  }
  const addresses = read.list(networks, `${path}.networks`);
  if (addresses.length > 0) return [{ ...nobody, path: `${path}.networks`, addresses: cidrsAt(read, addresses) }];
  return [{ ...nobody, path, pods: podsAt(read, place, value, path, outward) ?? [] }];
}

const unresolved = {
  nodes: "is whatever addresses nodes have, which nobody can tell from the policy",
  domainNames: "is whatever addresses name servers answer with, which nobody can tell from the policy",
} as const;

/** Pods by `namespaces` or `pods`, of which exactly one must be there; undefined, and a problem, otherwise. */
function podsAt(
  read: Reader,
  place: Place,
  value: unknown,
  path: string,
  others: readonly string[],
): readonly PodSet[] | undefined {
  const { namespaces, pods } = read.object(value, path, ["namespaces", "pods", ...others]);
  if (isAbsent(namespaces) === isAbsent(pods)) {
    read.refuse(path, "must name namespaces or pods, one of the two");
    return undefined;
  }
  if (isAbsent(pods)) {
    const all = selected(read, namespaces, `${path}.namespaces`, namespaceKey);
    return all === undefined ? [] : splitByHome(all, place);
  }
  const both = read.object(pods, `${path}.pods`, ["namespaceSelector", "podSelector"]);
  const { namespaceSelector = {}, podSelector = {} } = both;
  return podsOf(
    read,
    place,
    { namespaceSelector: namespaceSelector ?? {}, podSelector: podSelector ?? {} },
    `${path}.pods`,
  );
}
