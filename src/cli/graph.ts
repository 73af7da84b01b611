import type { World } from "../zone/world.ts";
import { allowanceOf } from "../egress/allowance.ts";
import { grantsIn } from "../egress/compile-in.ts";
import type { Grant } from "../egress/grant.ts";
import { nameOf, uncontainedIn, type Uncontained } from "../egress/uncontained.ts";
import { connectionOf } from "../egress/witness.ts";
import { membersOf } from "../zone/members.ts";
import type { ZoneRecord } from "../zone/record.ts";
import { dot, languages, mermaid, type Arrow, type Box, type Drawing } from "./drawing.ts";
import { some } from "./finding.ts";
import {
  networkFiles,
  networkOptions,
  networkReads,
  readNetworkView,
  worldOf,
  type NetworkView,
} from "./network-view.ts";
import { firstEnds, peerWords, portWords } from "./peer-words.ts";
import type { Found, Verb } from "./verb.ts";
import { noSuchZone, readZoneName } from "./zone-argument.ts";

/** Draws who reaches whom. */
export const graph: Verb = {
  says: "Draw who reaches whom: zones, clusters, networks and peers, in Mermaid or DOT",
  forms: ["[ZONE]", "[ZONE] -f FILE|DIRECTORY|-"],
  examples: ["us > us.mmd", "us -o dot | dot -Tsvg > us.svg", "-f zones/ -f clusters.yaml"],
  more: [
    "Without a zone all are drawn, so that clusters that several of them approve stand between them. What policies of others open besides is dashed, one connection of each, and makes the exit code 1, as does a zone that cannot be compiled.",
    networkFiles,
  ],
  options: {
    ...networkOptions,
    output: { short: "o", value: "FORMAT", means: "mermaid (the default) or dot; json or yaml, for machines" },
  },
  formats: languages,
  reads: networkReads,
  run: async (given, surroundings) => {
    const name = given.words.length === 0 ? undefined : readZoneName("graph", given.words);
    const view = await readNetworkView(given, surroundings, ({ zone }) =>
      name === undefined ? zone !== undefined : zone === name,
    );
    return showGraph(view, name);
  },
};

/** What is drawn, from what was read; pure. */
export const showGraph = (view: NetworkView, name: string | undefined): Found => {
  const world = worldOf(view);
  const zones = [...world.zones.values()]
    .filter((zone) => name === undefined || zone.name === name)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (name !== undefined && zones.length === 0) throw noSuchZone(name, ", or give its file by -f");
  const parts = zones.map((zone) => drawZone(world, zone));
  const drawing: Drawing = {
    boxes: merged(parts.flatMap((part) => part.boxes)),
    arrows: parts.flatMap(({ arrows }) => arrows),
    notes: [...view.notes, ...parts.flatMap(({ notes }) => notes)],
  };
  const lines = mermaid(drawing);
  return {
    value: drawing,
    lines,
    drawn: { mermaid: lines, dot: dot(drawing) },
    refused: parts.some(({ sound }) => !sound),
  };
};

/** Boxes of one thing are one box, with all that is said in them. */
const merged = (boxes: readonly Box[]): readonly Box[] =>
  [...Map.groupBy(boxes, ({ id }) => id)].flatMap(([id, [first, ...more]]) =>
    first === undefined
      ? []
      : [{ id, kind: first.kind, says: [...new Set([first, ...more].flatMap(({ says }) => says))] }],
  );

/** `sound`: it can be compiled, and nobody else opens more. */
type Part = Drawing & { readonly sound: boolean };

const drawZone = (world: World, zone: ZoneRecord): Part => {
  const { name, enforcement } = zone;
  const id = `zone ${name}`;
  const members = membersOf(world, name);
  const wider = uncontainedIn(world, name);
  const granted = grantsIn(world, zone);
  const others = wider.map((one, index) => drawOther(id, one, index));
  const home: Box = {
    id,
    kind: "zone",
    says: [
      `zone ${name} (${enforcement})`,
      members.length === 0 ? "no namespaces" : some(members),
      ...(granted.kind === "refused" ? [`cannot be compiled: ${granted.reason}`] : []),
    ],
  };
  const drawn = granted.kind === "refused" ? [] : drawGrants(id, granted);
  return {
    boxes: [home, ...[...drawn, ...others].flatMap(({ box }) => (box.id === id ? [] : [box]))],
    arrows: [...drawn, ...others].map(({ arrow }) => arrow),
    notes:
      granted.kind === "refused"
        ? granted.problems.map(({ path, message }) => `zone ${name}: ${path} ${message}`)
        : granted.missing.map(({ path, message }) => `zone ${name}: ${path} ${message}`),
    sound: granted.kind !== "refused" && wider.length === 0,
  };
};

type Drawn = { readonly box: Box; readonly arrow: Arrow };

const drawGrants = (
  id: string,
  { egress, ingress }: { readonly egress: readonly Grant[]; readonly ingress: readonly Grant[] | "everybody" },
): readonly Drawn[] => [
  ...egress.map((grant): Drawn => {
    const box = boxOf(id, grant);
    return { box, arrow: { from: id, to: box.id, says: arrowText(grant), dashed: false } };
  }),
  ...(ingress === "everybody"
    ? [
        {
          box: { id: "everybody", kind: "everybody", says: ["everybody"] },
          arrow: { from: "everybody", to: id, says: "every port", dashed: false },
        },
      ]
    : ingress
        // The zone itself is drawn already.
        .filter(({ why }) => why.kind === "peer")
        .map((grant): Drawn => {
          const box = boxOf(id, grant);
          return { box, arrow: { from: box.id, to: id, says: arrowText(grant), dashed: false } };
        })),
];

const arrowText = (grant: Grant): string => {
  const ports = portWords(allowanceOf(grant).ports);
  return grant.why.kind === "cluster" ? `network ${grant.why.network}: ${ports}` : ports;
};

/** The other end of something that a zone opens. A cluster is one box for all that approve it. */
const boxOf = (id: string, grant: Grant): Box => {
  const { why, path } = grant;
  const { peers, blocks } = allowanceOf(grant);
  const ends = firstEnds([...peers.map(peerWords), ...blocks]);
  switch (why.kind) {
    case "withinZone":
      return { id, kind: "zone", says: [] };
    case "cluster":
      return { id: `cluster ${why.cluster}`, kind: "cluster", says: [`RemoteCluster ${why.cluster}`, why.region] };
    case "apiServer":
      return { id: "API server", kind: "apiServer", says: ["the API server"] };
    case "dns":
      return { id: `${id} ${path}`, kind: "dns", says: ["DNS", ...ends] };
    case "network":
      return { id: `${id} ${path}`, kind: "network", says: [`network ${why.network}`, ...ends] };
    case "peer":
    case "everybody":
      return { id: `${id} ${path}`, kind: "peer", says: ends };
    default:
      return why satisfies never;
  }
};

const drawOther = (id: string, other: Uncontained, index: number): Drawn => {
  const { containment } = other;
  const box: Box = {
    id: `${id} other ${index}`,
    kind: "other",
    says: [containment.kind === "wider" ? connectionOf(containment.witness) : "nobody knows whom"],
  };
  const inward = containment.kind === "wider" && containment.witness.direction === "ingress";
  return {
    box,
    arrow: {
      from: inward ? box.id : id,
      to: inward ? id : box.id,
      says: nameOf(other),
      dashed: true,
    },
  };
};
