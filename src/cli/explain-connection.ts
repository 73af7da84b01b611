import { isOurPolicy } from "../api/names.ts";
import { overlaps, setOf } from "../cidr/set.ts";
import { blockOf } from "../cidr/block.ts";
import { addressesOf } from "../zone/networks.ts";
import { nameOf } from "../egress/uncontained.ts";
import { listed } from "../zone/listed.ts";
import type { World } from "../zone/world.ts";
import { judgeSide, sideLines, type JudgedSide } from "./connection-side.ts";
import type { ConnectionView, End } from "./connection-view.ts";
import { some } from "./finding.ts";
import { sheet } from "./sheet.ts";
import type { Found } from "./verb.ts";

/** Explains whether one connection passes, and which rule says so, from what was read; pure. */
export const explainConnection = (view: ConnectionView): Found => {
  const { network, from, to, protocol, port } = view;
  const world = listed(network.lists);
  const out = from.kind === "pod" ? judgeSide(world, from, to, { direction: "egress", protocol, port }) : undefined;
  const into = to.kind === "pod" ? judgeSide(world, to, from, { direction: "ingress", protocol, port }) : undefined;
  const sides = [out, into].filter((side) => side !== undefined);
  const refusing = sides.filter(({ passage }) => passage.kind === "refused");
  const byOthers = sides.filter((side) => side.byOthers);
  const notes = [...network.notes, ...ownNotes(world, to), ...otherKinds(world, sides)];
  return {
    value: {
      from: textOf(from),
      to: textOf(to),
      protocol,
      port,
      allowed: refusing.length === 0,
      byOthers: byOthers.length > 0,
      out: sideValue(out),
      in: sideValue(into),
      notes,
    },
    lines: sheet(`${textOf(from)} -> ${textOf(to)}, port ${port}/${protocol}`, [
      ["Answer", answerWords(refusing, byOthers)],
      ["Out", out === undefined ? `not judged: ${textOf(from)} is no pod` : sideLines(out)],
      ["In", into === undefined ? `not judged: ${textOf(to)} is no pod, and what is there decides` : sideLines(into)],
      ["Note", notes],
      ["Next", nextLines(refusing, byOthers)],
    ]),
    refused: refusing.length > 0 || byOthers.length > 0,
  };
};

const textOf = (end: End): string => (end.kind === "pod" ? `${end.namespace}/${end.name}` : end.text);

const answerWords = (refusing: readonly JudgedSide[], byOthers: readonly JudgedSide[]): string => {
  if (refusing.length === 2) return "NOT ALLOWED, neither out nor in";
  const [refuses] = refusing;
  if (refuses !== undefined) return `NOT ALLOWED, on the way ${refuses.direction === "egress" ? "out" : "in"}`;
  const [opened] = byOthers;
  return opened === undefined
    ? "allowed"
    : `ALLOWED BY OTHERS: zone ${opened.zone?.record.name} does not allow it, and a policy that is not Domicile's opens it`;
};

/** Addresses of the cluster's own are not what policies see: a Service is its pods by then. */
const ownNotes = ({ ownNetworks }: World, to: End): readonly string[] => {
  if (to.kind === "pod") return [];
  const one = setOf([blockOf(to.address)]);
  const own = ownNetworks.find(({ cidr }) => overlaps(addressesOf([cidr]), one));
  return own === undefined
    ? []
    : [
        `${to.text} is this cluster's own (${own.called}): policies see the pod behind it, so ask --to NAMESPACE/POD:PORT.`,
      ];
};

/** Policies of kinds that are not read for one connection, and may decide about it all the same. */
const otherKinds = (world: World, sides: readonly JudgedSide[]): readonly string[] => {
  const within = sides.flatMap(({ pod }) => world.foreignIn(pod.namespace));
  const found = [...new Set([...within, ...world.farReaching].map(nameOf))].toSorted();
  return found.length === 0
    ? []
    : [`not read, and may allow or refuse it: ${some(found)}; domicile audit judges them.`];
};

const nextLines = (refusing: readonly JudgedSide[], byOthers: readonly JudgedSide[]): readonly string[] => [
  ...new Set([
    ...refusing.map(nextOfRefused),
    ...byOthers.flatMap(({ pod, passage, zone }) => [
      ...(passage.kind === "allowed" ? passage.by : [])
        .filter(({ policy }) => !isOurPolicy(policy))
        .map(({ policy }) => `kubectl get networkpolicy ${policy} -n ${pod.namespace} -o yaml says who wrote it.`),
      `domicile audit ${zone?.record.name} lists all such policies; narrow or delete them.`,
    ]),
  ]),
];

const nextOfRefused = ({ pod, passage, zone }: JudgedSide): string => {
  if (zone === undefined || zone.record.enforcement !== "Enforce")
    return `ask whoever owns namespace ${pod.namespace}: kubectl get networkpolicies -n ${pod.namespace} -o yaml.`;
  const { name } = zone.record;
  switch (zone.says.kind) {
    case "allows":
      return `the zone allows it and the policies that stand do not yet: kubectl describe rz ${name} says why.`;
    case "unknown":
      return `mend zone ${name}: kubectl describe rz ${name} lists what is wrong.`;
    case "denies":
      return `${passage.kind === "refused" && passage.unread.length > 0 ? "look at what is not judged; " : ""}${zone.says.next}`;
    default:
      return zone.says satisfies never;
  }
};

const sideValue = (side: JudgedSide | undefined): object | null => {
  if (side === undefined) return null;
  const { pod, passage, zone, byOthers } = side;
  return {
    pod: `${pod.namespace}/${pod.name}`,
    ...passage,
    byOthers,
    zone:
      zone === undefined ? null : { name: zone.record.name, enforcement: zone.record.enforcement, ...saysValue(zone) },
  };
};

const saysValue = ({ says }: NonNullable<JudgedSide["zone"]>): object => {
  const reasons = (grants: readonly { readonly why: object; readonly path: string }[]): readonly object[] =>
    grants.map(({ why, path }) => ({ why, field: path }));
  switch (says.kind) {
    case "allows":
      return { says: "allows", reasons: says.grants === "everybody" ? "everybody" : reasons(says.grants) };
    case "denies":
      return { says: "denies", onOtherPorts: reasons(says.elsewhere), because: says.because };
    case "unknown":
      return { says: "unknown", problem: says.problem };
  }
};
