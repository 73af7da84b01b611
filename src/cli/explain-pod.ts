import type { Pod } from "../api/kubernetes.ts";
import { mirrorAnnotation, nodeLabel, nodeLabelValue } from "../api/names.ts";
import { resources } from "../kube/resources.ts";
import { carriesSelector } from "../placement/pin.ts";
import { place } from "../placement/place.ts";
import { readPod } from "../placement/shapes.ts";
import { evictionOf } from "../zone/evicting.ts";
import { field, items, text } from "../zone/json.ts";
import { listed, type Lists } from "../zone/listed.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { readAttested } from "./attested.ts";
import type { Cluster } from "./cluster.ts";
import { homeLine, homeValue, listsOf, readHome, type Home } from "./home.ts";
import { judgementOf, judgementText, textOf, type Judgement } from "./judgement.ts";
import { unbound } from "./running.ts";
import { judgeNode, projectSeenNode, type JudgedNode, type SeenNode } from "./seen-node.ts";
import { sheet, type Row } from "./sheet.ts";
import { Stop } from "./stop.ts";
import type { Found } from "./verb.ts";

/** What is read to explain a pod. `nodes` holds its node, and the others only where they could decide. */
export type PodView = {
  readonly name: string;
  readonly home: Home;
  readonly raw: unknown;
  readonly nodes: readonly SeenNode[];
  /** What is attested of nodes. */
  readonly attested: Lists;
};

/** Reads a pod, its namespace, its zone and its node. */
export const readPodView = async (cluster: Cluster, namespace: string, name: string): Promise<PodView> => {
  const raw = await cluster.get<unknown>(resources.pods, { namespace, name }, (object) => object);
  if (raw === undefined)
    throw new Stop("unanswered", `pod ${namespace}/${name} does not exist; check the name and -n.`);
  const home = await readHome(cluster, namespace);
  const attested = await readAttested(cluster, home.zone);
  const nodes = home.zone === undefined ? [] : await readNodes(cluster, raw, home.zone, attested);
  return { name, home, raw, nodes, attested };
};

const readNodes = async (
  cluster: Cluster,
  raw: unknown,
  zone: ZoneRecord,
  attested: Lists,
): Promise<readonly SeenNode[]> => {
  const name = nodeOf(raw);
  if (name === undefined) return [];
  const project = projectSeenNode(zone.name);
  const node = await cluster.get(resources.nodes, { name }, project);
  if (node === undefined) return [];
  const alone = judgeNode(listed({ ...attested, nodes: [node.facts] }), node, zone);
  // What says nothing against itself and bears no label may have an older twin, which only all nodes together show.
  return alone?.verdict === "Verified" && !node.labelled ? cluster.list(resources.nodes, project) : [node];
};

type PodPlace = "anywhere" | "inPlace" | "outOfPlace" | "unknown" | "waiting" | "ended";

/** Explains a pod from what was read; pure. */
export const explainPod = (view: PodView): Found => {
  const { name, home, raw, nodes, attested } = view;
  const { namespace, zone } = home;
  const title = `Pod ${namespace.name}/${name}`;
  const pod = readLive(title, raw);
  const world = listed({ ...attested, ...listsOf(home), nodes: nodes.map(({ facts }) => facts) });
  const bound = nodeOf(raw);
  const seen = nodes.find(({ facts }) => facts.name === bound);
  const node = seen && zone && judgeNode(world, seen, zone);
  const where = placeOf(raw, home, node);
  const now = judgementOf(
    world,
    { object: title },
    place(world, unbound(pod), {
      namespace: namespace.name,
      operation: "CREATE",
      byNode: pod.metadata?.annotations?.[mirrorAnnotation] !== undefined,
      wasGated: false,
    }),
  );
  const scheduler = where === "waiting" ? waitsFor(raw) : undefined;
  const pinned = namespace.zone !== undefined && carriesSelector(pod.spec, namespace.zone);
  return {
    value: {
      pod: `${namespace.name}/${name}`,
      ...homeValue(home),
      place: where,
      node: node ?? null,
      nodeName: bound ?? null,
      pinned,
      scheduler: scheduler ?? null,
      createdNow: now,
    },
    lines: sheet(title, [
      ["Zone", homeLine(home)],
      ["Place", where === "unknown" ? unknownWords(home) : placeWords[where]],
      ["Node", bound === undefined ? [] : nodeLines(bound, seen, node)],
      ["Scheduler", scheduler ?? []],
      ...(where === "waiting" ? zoneRows(zone) : []),
      ["Selector", namespace.zone === undefined ? [] : selectorLine(namespace.zone, pinned)],
      ["Next", where === "outOfPlace" ? nextFor(view, now) : []],
      ["Created now", judgementText(now)],
    ]),
    refused: where === "outOfPlace" || now.outcome === "refused",
  };
};

const placeWords: Readonly<Record<PodPlace, string>> = {
  anywhere: "may be anywhere: its namespace is in no zone",
  inPlace: "in place",
  outOfPlace: "OUT OF PLACE: its node is not verified for the zone",
  unknown: "not known",
  waiting: "waits for a node",
  ended: "ended: it holds no data any more",
};

const unknownWords = ({ zone }: Home): string => {
  if (zone === undefined) return "not known: without its zone nobody judges nodes";
  return zone.parsed.ok ? "not known: its node is gone" : "not known: a zone that is not valid judges no node";
};

const placeOf = (raw: unknown, { namespace, zone }: Home, node: JudgedNode | undefined): PodPlace => {
  const phase = field(field(raw, "status"), "phase");
  if (namespace.zone === undefined) return "anywhere";
  if (phase === "Succeeded" || phase === "Failed") return "ended";
  if (nodeOf(raw) === undefined) return "waiting";
  if (zone === undefined || node === undefined) return "unknown";
  return node.verdict === "Verified" ? "inPlace" : "outOfPlace";
};

const nodeLines = (name: string, seen: SeenNode | undefined, node: JudgedNode | undefined): readonly string[] => {
  if (node === undefined) return [seen === undefined ? name : `${name} ${labelWords(seen.labelled)}`];
  const since = node.since === undefined ? "" : ` since ${node.since}`;
  const { rule, next } = textOf(node.reason);
  return [
    `${name} is ${node.verdict}${since}, and ${labelWords(node.labelled)}`,
    `${rule} (${node.reason})`,
    ...(node.verdict === "Verified" ? [] : [`Next: ${next}`]),
    ...node.evidence,
  ];
};

/** Whether a node bears the zone's label, in words. */
const labelWords = (labelled: boolean): string =>
  labelled ? "bears the zone's label" : "does not bear the zone's label";

/** Nobody moves a running pod; one that is made anew is placed anew, but for what a kubelet runs by itself. */
const nextFor = ({ name, home }: PodView, { reason, next }: Judgement): string =>
  reason === "MirrorPod"
    ? next
    : `${evicted(home)}kubectl delete pod ${name} -n ${home.namespace.name}; made anew it runs in place.`;

const evicted = ({ zone }: Home): string =>
  zone === undefined || evictionOf(zone) === undefined ? "" : "wait until Domicile evicts it (spec.drift), or ";

const selectorLine = (zone: string, pinned: boolean): string =>
  `${pinned ? "carries" : "lacks"} ${nodeLabel(zone)}=${nodeLabelValue}`;

/** A pod that waits may wait for the zone. */
const zoneRows = (zone: ZoneRecord | undefined): readonly Row[] => {
  const nodes = zone?.conditions.find(({ type, status }) => type === "NodesVerified" && status !== "True");
  return nodes === undefined ? [] : [["Zone's nodes", nodes.message]];
};

const waitsFor = (raw: unknown): string | undefined => {
  const scheduled = items(field(field(raw, "status"), "conditions")).find(
    (condition) => field(condition, "type") === "PodScheduled" && field(condition, "status") === "False",
  );
  return text(field(scheduled, "message"));
};

const nodeOf = (raw: unknown): string | undefined => text(field(field(raw, "spec"), "nodeName"));

const readLive = (title: string, raw: unknown): Pod => {
  const read = readPod(raw, "");
  if (!read.ok) throw new Stop("unanswered", `${title} is not as the API server writes pods; try again.`);
  return read.value;
};
