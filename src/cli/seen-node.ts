import { fieldManagers, nodeLabel, nodeLabelValue } from "../api/names.ts";
import type { Reason } from "../api/reasons.ts";
import { verdict } from "../placement/verdict.ts";
import type { NodeFacts } from "../zone/facts.ts";
import { field, items, text } from "../zone/json.ts";
import { projectNode } from "../zone/node-facts.ts";
import type { ZoneRecord } from "../zone/record.ts";
import type { World } from "../zone/world.ts";

/** A node with what stands on it of one zone. */
export type SeenNode = {
  readonly facts: NodeFacts;
  /** Whether it bears the zone's label, by which pods are placed. */
  readonly labelled: boolean;
  /** When Domicile last wrote its labels, this zone's among them, as RFC 3339. */
  readonly labelledAt: string | undefined;
};

/** A node judged for a zone. */
export type JudgedNode = {
  readonly name: string;
  readonly verdict: "Verified" | "Rejected" | "Unknown";
  readonly reason: Reason;
  /** What the verdict rests on. */
  readonly detail: string;
  /** Everything the node says of where it is, and what other nodes say of it. */
  readonly evidence: readonly string[];
  readonly labelled: boolean;
  /** RFC 3339; undefined where nothing in the cluster says so. */
  readonly since: string | undefined;
};

/** What is kept of a Node for one zone. */
export const projectSeenNode =
  (zone: string) =>
  (raw: unknown): SeenNode | undefined => {
    const facts = projectNode(raw);
    if (facts === undefined) return undefined;
    return { facts, labelled: bearsLabel(facts, zone), labelledAt: writtenAt(raw, zone) };
  };

/** Judges a node for a zone; a zone that is not valid judges nobody, and then there is nothing to say. */
export const judgeNode = (world: World, node: SeenNode, { parsed, status }: ZoneRecord): JudgedNode | undefined => {
  if (!parsed.ok) return undefined;
  const { facts, labelled, labelledAt } = node;
  const { kind, reason, detail, evidence } = verdict(world, facts, parsed.value);
  const since = kind === "Verified" ? (labelled ? labelledAt : undefined) : rejectedSince(status, facts.uid, reason);
  return {
    name: facts.name,
    verdict: kind,
    reason,
    detail,
    evidence: evidence.map(({ says }) => says),
    labelled,
    since,
  };
};

const bearsLabel = ({ labels }: NodeFacts, zone: string): boolean => labels[nodeLabel(zone)] === nodeLabelValue;

/** When our field manager last wrote, if the zone's label is among what it owns. */
const writtenAt = (raw: unknown, zone: string): string | undefined => {
  const entry = items(field(field(raw, "metadata"), "managedFields")).find((each) => {
    const labels = field(field(field(each, "fieldsV1"), "f:metadata"), "f:labels");
    return field(each, "manager") === fieldManagers.nodes && field(labels, `f:${nodeLabel(zone)}`) !== undefined;
  });
  return text(field(entry, "time"));
};

/** The zone's status names some of the nodes that are not verified; a time for another reason is not this one's. */
const rejectedSince = (status: unknown, uid: string, reason: Reason): string | undefined => {
  const stored = items(field(field(status, "nodes"), "notVerified")).find(
    (each) => field(each, "uid") === uid && field(each, "reason") === reason,
  );
  return text(field(stored, "since"));
};
