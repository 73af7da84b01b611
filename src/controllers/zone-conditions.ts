import type { Condition, ConditionStatus, ConditionType } from "../api/conditions.ts";
import type { Exposed } from "../egress/exposed.ts";
import { nameOf, type Uncontained } from "../egress/uncontained.ts";
import { isLoose } from "../placement/loose.ts";
import { explain, type Reason } from "../api/reasons.ts";
import { namingProblems, strays } from "../zone/named-namespaces.ts";
import { sentenceOf } from "../zone/problem.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";
import { neverJoins } from "../zone/exempt.ts";
import { driftReason } from "./drift-reason.ts";
import { enforced, type Holding } from "./enforced.ts";
import type { Census } from "./zone-census.ts";
import type { ZonePolicies } from "./zone-policies.ts";

type Subject = {
  readonly world: World;
  readonly record: ZoneRecord;
  readonly census: Census;
  readonly policies: ZonePolicies;
  /** Policies of others that open more than the zone. */
  readonly uncontained: readonly Uncontained[];
  /** Objects that lead into the zone or out of it and that it does not list. */
  readonly exposed: readonly Exposed[];
} & Omit<Holding, "enforcement">;

type Finding = readonly [ConditionStatus, Reason, string?];

const accepted = ({ world, record }: Subject): Finding => {
  if (!record.parsed.ok) return ["False", "Invalid", sentenceOf(record.parsed.problems)];
  const problems = namingProblems(world, record);
  const [first] = problems;
  return first === undefined ? ["True", "Accepted"] : ["False", first.reason, sentenceOf(problems)];
};

const resolvedRefs = ({ world, record, policies }: Subject): Finding => {
  if (!record.parsed.ok) return ["Unknown", "Invalid"];
  if (policies.kind === "kept") return ["False", policies.reason, sentenceOf(policies.problems)];
  const [missing] = policies.missing;
  if (missing !== undefined) return ["False", missing.reason, sentenceOf(policies.missing)];
  const outside = strays(world, record);
  return outside.length === 0
    ? ["True", "ResolvedRefs"]
    : ["False", "NamespaceNotJoined", `Namespaces: ${some(outside)}.`];
};

const nodesVerified = ({ record, census }: Subject): Finding => {
  if (!record.parsed.ok) return ["Unknown", "Invalid"];
  if (census.nodes.verified > 0) return ["True", "NodesVerified", [...keptBy(census), ...neighbours(census)].join(" ")];
  // In an order of its own, or a node that comes and goes would make another message of the same counts.
  const why = [...census.against]
    .toSorted(([a, many], [b, more]) => more - many || a.localeCompare(b))
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
  return ["False", "NoVerifiedNode", why === "" ? "The cluster has no nodes." : `Nodes not verified: ${why}.`];
};

const isolated = (subject: Subject): Finding => {
  const { record, census, policies } = subject;
  if (record.enforcement !== "Enforce") return ["False", "NotEnforcing"];
  if (census.sealed < census.namespaces.length) return ["False", "Isolating", unsealed(subject)];
  if (policies.kind === "kept") return ["True", "LastGoodKept", older(census)];
  const open = record.parsed.ok && record.parsed.value.ingress.isolation === "Open";
  return ["True", open ? "IngressOpen" : "Isolated", older(census)];
};

/** Nothing where there are none. */
const older = ({ older: { count, some: names } }: Census): string =>
  count === 0
    ? ""
    : `Pods from before, whose connections of that time may still stand: ${some(names, count)}. Make them anew.`;

const policiesContained = ({ world, record, uncontained }: Subject): Finding => {
  if (!record.parsed.ok) return ["Unknown", "Invalid"];
  const [first] = uncontained;
  if (first === undefined) {
    const unread = world.unreadKinds;
    return unread.length === 0 ? ["True", "PoliciesContained"] : ["Unknown", "PoliciesUnread", `${some(unread)}.`];
  }
  return ["False", first.containment.reason, `Policies: ${audited(record, uncontained)}`];
};

const exposureContained = ({ world, record, exposed }: Subject): Finding => {
  if (!record.parsed.ok) return ["Unknown", "Invalid"];
  const [first] = exposed;
  if (first === undefined) {
    const unread = world.unreadRoutes;
    return unread.length === 0 ? ["True", "ExposureContained"] : ["Unknown", "ExposureUnread", `${some(unread)}.`];
  }
  return ["False", first.containment.reason, `Objects: ${audited(record, exposed)}`];
};

/** How many there are, and the first of them. */
const audited = ({ name }: ZoneRecord, found: readonly (Uncontained | Exposed)[]): string => {
  const named = found.slice(0, shown).map((one) => {
    const said = `${one.containment.path} ${one.containment.message}`;
    return `${nameOf(one)}: ${said.length > longest ? `${said.slice(0, longest - 3)}...` : said}`;
  });
  const rest = found.length - named.length;
  const more = rest > 0 ? `; and ${rest} more, which kubectl domicile audit ${name} lists` : "";
  return `${found.length}. ${named.join("; ")}${more}.`;
};

/** Names of labels and fields are others' texts. */
const longest = 400;

const podsInPlace = ({ record, census }: Subject): Finding => {
  // Nodes are not judged for a zone that is not valid, and nobody may be told to delete pods for that.
  if (!record.parsed.ok) return ["Unknown", "Invalid"];
  const { pods, mirrors, workloads, outOfPlace } = census;
  if (pods.outOfPlace === 0) return ["True", "PodsInPlace"];
  const statics = mirrors === 0 ? "" : ` Static pods, which no eviction moves: ${mirrors}.`;
  const detail = `${pods.outOfPlace}, among them ${outOfPlace.join("; ")}. Workloads: ${workloads}.${statics}`;
  return ["False", driftReason(record, census.nodes.verified), detail];
};

const findings: readonly (readonly [ConditionType, (subject: Subject) => Finding])[] = [
  ["Accepted", accepted],
  ["ResolvedRefs", resolvedRefs],
  ["NodesVerified", nodesVerified],
  ["Isolated", isolated],
  ["PoliciesContained", policiesContained],
  ["ExposureContained", exposureContained],
  ["Enforced", (subject) => enforced({ ...subject, enforcement: subject.record.enforcement })],
  ["PodsInPlace", podsInPlace],
];

/** The conditions of a zone, Ready last. Ready is False while any other but Enforced is not True, and says which. */
export const zoneConditions = (subject: Subject): readonly Condition[] => {
  const observedGeneration = subject.record.generation;
  const conditions = findings.map(([type, find]): Condition => {
    const [status, reason, detail] = find(subject);
    return { type, status, reason, message: explain(reason, detail), observedGeneration };
  });
  const wanting = conditions.filter(
    ({ type, status }) => status === "False" || (type !== "Enforced" && status !== "True"),
  );
  const [status, reason, detail] = ready(subject, wanting);
  return [...conditions, { type: "Ready", status, reason, message: explain(reason, detail), observedGeneration }];
};

const ready = ({ record, census }: Subject, wanting: readonly Condition[]): Finding => {
  if (record.deleting) return ["False", "ZoneDeleting", `Namespaces: ${some(census.namespaces)}.`];
  if (wanting.length === 0) return ["True", "Ready"];
  return ["False", "NotReady", `Not True: ${wanting.map(({ type, reason }) => `${type} (${reason})`).join(", ")}.`];
};

const unsealed = ({ world, record, census, policies }: Subject): string => {
  const names = census.namespaces.filter((name) => world.namespaces.get(name)?.sealed !== record.name);
  const hindered = names.slice(0, shown).map((name) => {
    if (neverJoins(world, name)) return `${name} (can never join: remove its domicile.dev/zone label)`;
    const loose = looseCount(world, record.name, name);
    return loose === 0 ? name : `${name} (${loose} waiting pods lack the selector: delete them)`;
  });
  const cause = record.parsed.ok ? "ResolvedRefs" : "Accepted";
  const unwritten = policies.kind === "kept" ? ` No policies are written before ${cause} is True.` : "";
  return `Not sealed: ${some(hindered, names.length)}.${unwritten}`;
};

/** Names only: a count of pods that come and go would write the status each time, and the metric has it. */
const neighbours = ({ neighbours: found }: Census): readonly string[] =>
  found.size === 0
    ? []
    : [
        `On them are pods outside the zone that are privileged or mount a path of their node, and could read what the zone's pods hold there, in namespaces ${some([...found.keys()].toSorted())}.`,
      ];

/** Two zones that both keep their nodes have no pods where their regions meet, and nothing else says so. */
const keptBy = ({ kept }: Census): readonly string[] =>
  [...kept]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .slice(0, shown)
    .map(
      ([zone, nodes]) =>
        `${nodes} of its nodes ${nodes === 1 ? "is" : "are"} kept by zone ${zone}, so no pod of this zone starts there.`,
    );

/** A condition stays readable with this many names in it. */
const shown = 5;

const some = (names: readonly string[], all = names.length): string => {
  const rest = all - Math.min(names.length, shown);
  return `${names.slice(0, shown).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};

const looseCount = (world: World, zone: string, namespace: string): number =>
  world.podsIn(namespace).filter((pod) => isLoose(pod, zone)).length;
