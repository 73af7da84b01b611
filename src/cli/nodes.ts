import { exclusiveEffect, exclusiveKey } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { isExclusive } from "../zone/exclusive.ts";
import { listed, type Lists } from "../zone/listed.ts";
import { listProblems } from "../zone/problem.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { projectZone } from "../zone/zone-record.ts";
import { attestedReads, readAttested } from "./attested.ts";
import type { Cluster } from "./cluster.ts";
import { textOf } from "./judgement.ts";
import { clusterOptions } from "./options.ts";
import { judgeNode, projectSeenNode, type JudgedNode, type SeenNode } from "./seen-node.ts";
import { columns } from "./sheet.ts";
import { Stop } from "./stop.ts";
import { noSuchZone, readZoneName } from "./zone-argument.ts";
import type { Found, Verb } from "./verb.ts";
import { withCluster } from "./with-cluster.ts";

/** Shows every node as one zone sees it. */
export const nodes: Verb = {
  says: "Show every node as a zone sees it: verdict, reason, since when, and what it says of itself",
  forms: ["ZONE"],
  more: [
    "SINCE is, for a verified node that bears the label, when Domicile last wrote its labels (of a node in several zones all are written at once, so it may be later than the truth); for others what the zone's status holds, which names twenty. Otherwise nothing in the cluster says it, and there is a dash.",
  ],
  options: clusterOptions,
  reads: ["get residencyzones.domicile.dev", "list nodes", attestedReads],
  run: async (given, surroundings) => {
    const name = readZoneName("nodes", given.words);
    return withCluster(given, surroundings, async (cluster) => {
      const zone = await readZone(cluster, name);
      const attested = await readAttested(cluster, zone);
      return showNodes(zone, await cluster.list(resources.nodes, projectSeenNode(name)), attested);
    });
  },
};

const readZone = async (cluster: Cluster, name: string): Promise<ZoneRecord> => {
  const zone = await cluster.get(resources.residencyZones, { name }, projectZone);
  if (zone === undefined) throw noSuchZone(name);
  return zone;
};

/** Nodes as a zone sees them; pure. `attested` is what is attested of them. */
export const showNodes = (zone: ZoneRecord, seen: readonly SeenNode[], attested: Lists): Found => {
  if (!zone.parsed.ok)
    throw new Stop(
      "unanswered",
      `zone ${zone.name} is not valid (${listProblems(zone.parsed.problems, 1)}), so it judges no node; mend what its Accepted condition lists.`,
    );
  const world = listed({ ...attested, zones: [zone], nodes: seen.map(({ facts }) => facts) });
  const judged = seen.flatMap((node) => judgeNode(world, node, zone) ?? []).toSorted(byName);
  return {
    value: { zone: zone.name, nodes: judged },
    lines: [...table(judged), ...legend(zone, judged), ...kept(zone, seen)],
    refused: false,
  };
};

const table = (judged: readonly JudgedNode[]): readonly string[] =>
  judged.length === 0
    ? []
    : columns(
        ["NODE", "VERDICT", "LABEL", "SINCE", "REASON", "EVIDENCE"],
        judged.map(({ name, verdict, labelled, since, reason, evidence }) => [
          name,
          verdict,
          labelled ? "yes" : "no",
          since ?? "-",
          reason,
          evidence.join("; "),
        ]),
      );

/** How many nodes came out how, and what each reason that stands against one means. */
const legend = (zone: ZoneRecord, judged: readonly JudgedNode[]): readonly string[] => {
  const reasons = new Set(judged.filter(({ verdict }) => verdict !== "Verified").map(({ reason }) => reason));
  const behind = judged.filter(({ verdict, labelled }) => (verdict === "Verified") !== labelled);
  return [
    ...(judged.length === 0 ? [] : [""]),
    `Zone ${zone.name}: ${countOf(judged)}.`,
    ...[...reasons].toSorted().map((reason) => {
      const { rule, next } = textOf(reason);
      return `${reason}: ${rule} ${next}`;
    }),
    ...(behind.length === 0
      ? []
      : [
          `The label is not as the verdict at ${behind.length === 1 ? "one node" : `${behind.length} nodes`}; Domicile writes it within seconds. If that lasts, look at its log.`,
        ]),
  ];
};

/** How far a zone has come that keeps its nodes to itself. */
const kept = (zone: ZoneRecord, seen: readonly SeenNode[]): readonly string[] => {
  if (!isExclusive(zone)) return [];
  const key = exclusiveKey(zone.name);
  const tainted = seen.filter(({ facts }) => facts.taintKeys.includes(key)).length;
  return [`Kept to the zone by the taint ${key}:${exclusiveEffect}: ${tainted}.`];
};

const countOf = (judged: readonly JudgedNode[]): string => {
  if (judged.length === 0) return "the cluster has no nodes";
  const of = (verdict: JudgedNode["verdict"]): number => judged.filter((node) => node.verdict === verdict).length;
  return `${of("Verified")} verified, ${of("Rejected")} rejected, ${of("Unknown")} unknown of ${judged.length} ${judged.length === 1 ? "node" : "nodes"}`;
};

const byName = (a: JudgedNode, b: JudgedNode): number => (a.name < b.name ? -1 : 1);
