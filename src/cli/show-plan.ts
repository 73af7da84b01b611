import { printCidr } from "../cidr/block.ts";
import { blocks } from "../cidr/blocks.ts";
import type { Change, Open } from "../egress/difference.ts";
import { whyWords } from "../egress/grant.ts";
import { nameOf } from "../egress/uncontained.ts";
import { isIdle, widens, type ZonePlan } from "../egress/zone-plan.ts";
import { some } from "./finding.ts";
import { textOf } from "./judgement.ts";
import { firstEnds, peerOf, peerWords, portWords, portsOf, selectorText } from "./peer-words.ts";
import { namespacesOf, type PlanView } from "./plan-view.ts";
import { columns } from "./sheet.ts";
import type { Found } from "./verb.ts";

/** A plan for people and machines, from what was found; pure. */
export const showPlan = ({ plans, pods, notes, opensApiServer }: PlanView): Found => {
  const changing = plans.filter((one) => !isIdle(one) || opensApiServer.includes(one.zone));
  const opening = changing.filter((one) => widens(one) || opensApiServer.includes(one.zone));
  const refused = changing.filter((one) => one.refused !== undefined);
  const podsOf = (one: ZonePlan): readonly string[] => {
    const spaces = new Set(namespacesOf(one));
    return pods
      .filter(({ namespace, ended }) => !ended && spaces.has(namespace))
      .map(({ namespace, name }) => `${namespace}/${name}`);
  };
  return {
    value: {
      widens: opening.length > 0,
      zones: changing.map((one) => ({
        zone: one.zone,
        enforcement: { before: one.before ?? null, after: one.after ?? null },
        widens: opening.includes(one),
        refused: one.refused ?? null,
        opens: one.opens.map(changeValue),
        closes: one.closes.map(changeValue),
        exposes: one.exposes,
        conceals: one.conceals,
        closesAllElse: one.isolates !== undefined,
        enforcesNoLonger: one.loosens,
        opensApiServer: opensApiServer.includes(one.zone),
        namespaces: { peers: one.peers, join: one.joins, leave: one.leaves },
        policies: one.steps.map(stepValue),
        notContained: one.uncontained,
        pods: podsOf(one),
      })),
      notes,
    },
    lines: [
      ...changing.flatMap((one) => [...zoneLines(one, podsOf(one), opensApiServer.includes(one.zone)), ""]),
      ...notes.map((note) => `note     ${note}`),
      summary(plans.length, changing, opening, refused),
    ],
    refused: refused.length > 0,
    widens: opening.length > 0,
  };
};

const summary = (
  all: number,
  changing: readonly ZonePlan[],
  opening: readonly ZonePlan[],
  refused: readonly ZonePlan[],
): string => {
  const names = (found: readonly ZonePlan[]): string => some(found.map(({ zone }) => zone));
  const looked = `Looked at ${all} ${all === 1 ? "zone" : "zones"}`;
  if (opening.length > 0)
    return `${looked}: this OPENS something in ${names(opening)}. Apply it only if whoever governs that agrees.`;
  if (refused.length > 0) return `${looked}: ${names(refused)} could not be compiled, and would stay as it is.`;
  return `${looked}: ${changing.length === 0 ? "nothing of their network changes" : "nothing opens"}.`;
};

const zoneLines = (one: ZonePlan, pods: readonly string[], opensApiServer: boolean): readonly string[] => {
  const rows = [...one.opens.flatMap(rowsOf("OPENS")), ...one.closes.flatMap(rowsOf("closes"))];
  return [
    `Zone ${one.zone}: ${modeWords(one)}`,
    ...(one.refused === undefined ? [] : refusedLines(one.refused)),
    ...(one.isolates === undefined ? [] : isolatingLines(one.isolates)),
    ...(one.loosens
      ? [
          "  OPENS   it enforces no longer: nothing is refused or repaired any more, and what stands stays until somebody takes it away",
        ]
      : []),
    ...(opensApiServer ? ["  OPENS   egress to the API server, wherever that is (spec.egress.apiServer)"] : []),
    ...(rows.length === 0
      ? []
      : columns(["", "DIRECTION", "WHOM", "PORTS", "WHY", "FIELD"], rows).map((line) => `  ${line}`)),
    ...one.exposes.map((name) => `  OPENS   ${name} may lead in or out of the zone (spec.exposure)`),
    ...one.conceals.map((name) => `  closes  ${name} may no longer be written (spec.exposure); one that stands stays`),
    ...one.peers.map(
      (name) => `  OPENS   namespace ${name} joins: its pods become peers of the zone's (spec.egress.withinZone)`,
    ),
    ...one.joins.map((name) => `  joins   namespace ${name}: all that the zone does not allow closes for its pods`),
    ...one.leaves.map(
      (name) =>
        `  ${one.before === "Enforce" ? "OPENS " : "leaves"}  namespace ${name} leaves: the zone holds its pods no longer`,
    ),
    ...one.uncontained.map(
      (other) =>
        `  note    ${nameOf(other)} then opens more than the zone allows: ${other.containment.path} ${other.containment.message}`,
    ),
    ...policyLines(one),
    ...(pods.length === 0 ? [] : [`  pods    ${pods.length}: ${some(pods)}`]),
  ];
};

const modeWords = ({ before, after }: ZonePlan): string => {
  if (before === undefined) return `new, in ${after}`;
  const idle = after === "Enforce" || after === undefined ? "" : ", so nothing of this is enforced";
  return before === after ? `${after}${idle}` : `${before} -> ${after}${idle}`;
};

const refusedLines = ({ reason, problems }: NonNullable<ZonePlan["refused"]>): readonly string[] => {
  const { rule, next } = textOf(reason);
  return [
    `  REFUSED ${rule} (${reason})`,
    ...problems.map(({ path, message }) => `          ${path} ${message}`),
    `          What stands stays as it is. Next: ${next}`,
  ];
};

const isolatingLines = (open: readonly Open[]): readonly string[] => [
  "  closes  all but this:",
  ...columns(
    ["DIRECTION", "WHY", "FIELD"],
    open.map(({ direction, why, path }) => [direction, why === undefined ? "as it stands" : whyWords(why), path]),
  ).map((line) => `          ${line}`),
];

const rowsOf =
  (word: string) =>
  (change: Change): readonly (readonly string[])[] => {
    const { direction, why, path, ports } = change;
    const [first = "", ...more] = firstEnds(endsOf(change));
    return [
      [word, direction, first, portWords(portsOf(ports)), why === undefined ? "as it stands" : whyWords(why), path],
      ...more.map((end) => ["", "", end, "", "", ""]),
    ];
  };

const endsOf = ({ addresses, pods }: Change): readonly string[] => [
  ...pods.map((set) => peerWords(peerOf(set))),
  ...blocks(addresses).map(printCidr),
];

const changeValue = (change: Change): object => {
  const { direction, why, path, addresses, pods, ports, vague } = change;
  return {
    direction,
    why: why ?? null,
    field: path,
    addresses: blocks(addresses).map(printCidr),
    pods: pods.map(peerOf).map(({ namespaceSelector, podSelector }) => ({
      namespaces: selectorText(namespaceSelector),
      pods: selectorText(podSelector),
    })),
    ports: portsOf(ports),
    ...(vague ? { vague } : {}),
  };
};

const stepValue = (step: ZonePlan["steps"][number]): object => {
  const { namespace, name } = step.kind === "delete" ? step : step.policy.metadata;
  return { change: step.kind, namespace, name };
};

const policyLines = ({ steps }: ZonePlan): readonly string[] => {
  const kinds = (["create", "replace", "delete"] as const).flatMap((kind) => {
    const count = steps.filter((step) => step.kind === kind).length;
    return count === 0 ? [] : [`${count} ${words[kind]}`];
  });
  const spaces = new Set(
    steps.map((step) => (step.kind === "delete" ? step.namespace : step.policy.metadata.namespace)),
  );
  return kinds.length === 0
    ? []
    : [`  writes  NetworkPolicies of Domicile's: ${kinds.join(", ")}, in ${some([...spaces])}`];
};

const words = { create: "created", replace: "changed", delete: "deleted" } as const;
