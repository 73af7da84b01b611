import { empty, setOf, subtract } from "../cidr/set.ts";
import type { CidrSet } from "../cidr/set.ts";
import { parseCidr } from "../cidr/block.ts";
import { everybody, nobody, opensNothing } from "./flow.ts";
import type { Direction, Entry, Reading, Rule } from "./flow.ts";
import { everyPod, podKey } from "./pod-set.ts";
import type { PodSet } from "./pod-set.ts";
import { policyPortsAt } from "./policy-ports.ts";
import { isAbsent, reader } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { podsOf, selected } from "./select.ts";
import type { Place } from "./select.ts";

/** A policy as it is read: the pods it selects, which way it isolates them, and its rules, every one of which allows. */
export type ReadPolicy =
  | {
      readonly kind: "rules";
      /** By their own labels; undefined where the selector contradicts itself. */
      readonly pods: PodSet | undefined;
      readonly isolates: readonly Direction[];
      readonly rules: readonly Rule[];
    }
  | Extract<Reading, { readonly kind: "unproved" }>;

/** A networking.k8s.io/v1 NetworkPolicy's spec as rules that open something to pods of the zone. */
export function readNetworkPolicy(spec: unknown, place: Place): Reading {
  const policy = readPolicy(spec, place);
  // A selector that contradicts itself selects no pod; any other may select one tomorrow, for labels are the pods' own.
  return policy.kind === "rules" && policy.pods === undefined ? opensNothing : policy;
}

/** A networking.k8s.io/v1 NetworkPolicy's spec, whole. */
export function readPolicy(spec: unknown, place: Place): ReadPolicy {
  const read = reader();
  const parts = read.object(spec, "spec", ["podSelector", "policyTypes", "ingress", "egress"]);
  const pods = isAbsent(parts["podSelector"])
    ? everyPod
    : selected(read, parts["podSelector"], "spec.podSelector", podKey);
  const written = read.texts(parts["policyTypes"], "spec.policyTypes");
  const egress = read.list(parts["egress"], "spec.egress");
  // What the API server fills in. A type that is not named leaves its rules without effect.
  const types = written.length > 0 ? written : egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
  const unknown = types.find((type) => type !== "Ingress" && type !== "Egress");
  if (unknown !== undefined) read.refuse("spec.policyTypes", `must be Ingress or Egress, and ${unknown} is neither`);
  const isolates = (["egress", "ingress"] as const).filter((way) =>
    types.includes(way === "egress" ? "Egress" : "Ingress"),
  );
  const rules = [
    ...egress.map(([rule, path]) => ruleAt(read, place, "egress", "to", rule, path)),
    ...read
      .list(parts["ingress"], "spec.ingress")
      .map(([rule, path]) => ruleAt(read, place, "ingress", "from", rule, path)),
  ].filter(({ direction }) => isolates.includes(direction));
  const [problem] = read.problems;
  if (problem !== undefined) return { kind: "unproved", ...problem };
  return { kind: "rules", pods, isolates, rules };
}

function ruleAt(
  read: Reader,
  place: Place,
  direction: Direction,
  peers: "to" | "from",
  value: unknown,
  path: string,
): Rule {
  const parts = read.object(value, path, [peers, "ports"]);
  const entries = read.list(parts[peers], `${path}.${peers}`).map(([peer, at]) => entryAt(read, place, peer, at));
  return {
    action: "allow",
    direction,
    // Without peers, or with an empty list of them, everybody is meant.
    entries: entries.length > 0 ? entries : [{ path, ...everybody }],
    ...policyPortsAt(read, parts["ports"], `${path}.ports`),
  };
}

function entryAt(read: Reader, place: Place, peer: unknown, path: string): Entry {
  const { ipBlock, ...selectors } = read.object(peer, path, ["ipBlock", "namespaceSelector", "podSelector"]);
  const namespaceSelector = selectors["namespaceSelector"];
  const podSelector = selectors["podSelector"];
  const selecting = !isAbsent(namespaceSelector) || !isAbsent(podSelector);
  if (isAbsent(ipBlock) !== selecting) read.refuse(path, "must have an ipBlock or selectors: one of the two");
  if (selecting) return { ...nobody, path, pods: podsOf(read, place, { namespaceSelector, podSelector }, path) };
  return { ...nobody, path: `${path}.ipBlock`, addresses: blockAt(read, ipBlock, `${path}.ipBlock`) };
}

function blockAt(read: Reader, value: unknown, path: string): CidrSet {
  const { cidr, except } = read.object(value, path, ["cidr", "except"]);
  if (isAbsent(cidr)) read.refuse(`${path}.cidr`, "is not there");
  const whole = cidrsAt(read, isAbsent(cidr) ? [] : [[cidr, `${path}.cidr`]]);
  const holes = read.list(except, `${path}.except`);
  return holes.length === 0 ? whole : subtract(whole, cidrsAt(read, holes));
}

/** The addresses of these blocks; what is no block is a problem. */
export function cidrsAt(read: Reader, values: readonly (readonly [value: unknown, path: string])[]): CidrSet {
  const blocks = values.flatMap(([value, path]) => {
    const text = read.text(value, path);
    const parsed = text === undefined ? undefined : parseCidr(text);
    if (parsed?.ok === false) read.refuse(path, parsed.problem);
    return parsed?.ok === true ? [parsed.block] : [];
  });
  return blocks.length === 0 ? empty : setOf(blocks);
}
