import { allowanceOf, peersOf } from "../egress/allowance.ts";
import { grantsIn } from "../egress/compile-in.ts";
import { whyWords, type Grant } from "../egress/grant.ts";
import { nameOf, uncontainedIn, type Uncontained } from "../egress/uncontained.ts";
import type { Zone } from "../zone/zone.ts";
import { textOf } from "./judgement.ts";
import {
  networkFiles,
  networkOptions,
  networkReads,
  readNetworkView,
  worldOf,
  type NetworkView,
} from "./network-view.ts";
import { firstEnds, peerWords, portWords } from "./peer-words.ts";
import { columns } from "./sheet.ts";
import type { Found, Verb } from "./verb.ts";
import { noSuchZone, readZoneName } from "./zone-argument.ts";

/** Lists what a zone's pods may connect to, and why. */
export const egress: Verb = {
  says: "List what a zone's pods may connect to, each with the reason it is there",
  forms: ["ZONE", "ZONE -f FILE|DIRECTORY|-"],
  examples: ["us", "us -f zones/ -f clusters.yaml", "us -o json"],
  more: [
    "Made from what Domicile's policies are compiled from, so nothing else is open but what NetworkPolicies of others open besides: those that open more than the zone allows are listed too, and make the exit code 1. Rows show the first blocks of addresses; `-o json` has all.",
    networkFiles,
  ],
  options: networkOptions,
  reads: networkReads,
  run: async (given, surroundings) => {
    const name = readZoneName("egress", given.words);
    return showEgress(await readNetworkView(given, surroundings, ({ zone }) => zone === name), name);
  },
};

/** What a zone opens, from what was read; pure. */
export const showEgress = (view: NetworkView, name: string): Found => {
  const world = worldOf(view);
  const record = world.zones.get(name);
  if (record === undefined) throw noSuchZone(name, ", or give its file by -f");
  const { parsed, enforcement } = record;
  const granted = grantsIn(world, record);
  const wider = uncontainedIn(world, name);
  const notes = [...view.notes.map((text) => `note     ${text}`), ...wider.map((one) => `OPEN     ${openWords(one)}`)];
  const rest = [
    ...notes,
    ...(wider.length === 0 ? [] : [`         domicile audit ${name} says what each opens, and what to do.`]),
  ];
  const others = {
    notContained: wider.map(({ kind, namespace, name: policy }) => ({ kind, namespace, name: policy })),
  };
  if (granted.kind === "refused") {
    const { rule, next } = textOf(granted.reason);
    return {
      value: { zone: name, enforcement, reason: granted.reason, problems: granted.problems, ...others },
      lines: [
        `Zone ${name} (${enforcement}): nothing can be compiled, so what stands stays as it is.`,
        ...granted.problems.map(({ path, message }) => `  ${path} ${message}`),
        `  ${rule} (${granted.reason})`,
        `  Next: ${next}`,
        ...rest,
      ],
      refused: true,
    };
  }
  return {
    value: {
      zone: name,
      enforcement,
      allowed: granted.egress.map(machineReadable),
      missing: granted.missing,
      ...others,
    },
    lines: [
      `Zone ${name} (${enforcement}): ${enforcement === "Enforce" ? "its pods may" : "nothing is closed; with Enforce its pods could"} connect to`,
      "",
      ...columns(["TO", "PORTS", "WHY", "FIELD"], granted.egress.flatMap(rows)),
      "",
      ...(parsed.ok ? [closedLine(parsed.value, view)] : []),
      ...granted.missing.map(({ path, message }) => `missing  ${path} ${message}`),
      ...rest,
      "",
      `Next: domicile explain --from NAMESPACE/POD --to ADDRESS:PORT of one connection, domicile plan -f FILE before a change to zone ${name}.`,
    ],
    refused: wider.length > 0,
  };
};

/** One thing that is open: its destinations under each other. */
const rows = (grant: Grant): readonly (readonly string[])[] => {
  const { peers, blocks, ports } = allowanceOf(grant);
  const [first = "", ...more] = firstEnds([...peers.map(peerWords), ...blocks]);
  return [[first, portWords(ports), whyWords(grant.why), grant.path], ...more.map((to) => [to, "", "", ""])];
};

const machineReadable = (grant: Grant): object => {
  const allowance = allowanceOf(grant);
  return { why: grant.why, field: grant.path, to: peersOf(allowance), ports: allowance.ports };
};

/** What people ask for first among all that is closed. */
const closedLine = ({ name, egress: { apiServer, withinZone } }: Zone, view: NetworkView): string => {
  const closed = [
    ...(withinZone === "Deny" ? ["other pods of the zone (spec.egress.withinZone: Deny)"] : []),
    ...(apiServer === "Deny" && !view.apiServerLeftOut.includes(name)
      ? ["the API server (spec.egress.apiServer: Deny)"]
      : []),
  ];
  return `All else is closed${closed.length === 0 ? "" : `, also ${closed.join(" and ")}`}.`;
};

const openWords = (policy: Uncontained): string =>
  `${nameOf(policy)}: ${policy.containment.path} ${policy.containment.message}`;
