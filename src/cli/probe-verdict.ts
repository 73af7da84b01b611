import { columns } from "./sheet.ts";
import type { Tried } from "./probe-script.ts";
import { targetWords, type ProbeTarget } from "./probe-target.ts";
import type { Found } from "./verb.ts";

/** A pod that probed, and what its targets met. */
export type Probed<T> = { readonly pod: string; readonly node: string; readonly met: T };

/** What was seen: from a pod of the zone, and from one outside it where somebody asked for that. */
export type Seen = {
  readonly zone: string;
  readonly approved: ProbeTarget;
  readonly forbidden: ProbeTarget;
  readonly inside: Probed<{ readonly approved: Tried; readonly forbidden: Tried }>;
  readonly outside: Probed<{ readonly forbidden: Tried }> | undefined;
};

/** What a probe shows. Only `enforced` is proof, and of no more than these two targets, from this node, now. */
export type ProbeVerdict = "enforced" | "open" | "late" | "unreached" | "notCompared" | "nobodyThere";

/**
 * That a forbidden target is not reached shows something only where the same pod reaches another, so it has a network,
 * and where a pod outside the zone reaches this one, so somebody answers there and there is a way.
 */
export const judgeProbe = ({ inside: { met }, outside }: Seen): ProbeVerdict => {
  if (met.forbidden.last === "open") return "open";
  if (met.forbidden.opened > 0) return "late";
  if (met.approved.last !== "open") return "unreached";
  if (outside === undefined) return "notCompared";
  return outside.met.forbidden.opened > 0 ? "enforced" : "nobodyThere";
};

const words: Readonly<Record<ProbeVerdict, (seen: Seen) => readonly string[]>> = {
  enforced: ({ inside: { node } }) => [
    `ENFORCED: what the zone approves was reached, and what it does not was not, though a pod outside the zone reached it.`,
    `This shows these two targets, from ${node}, now. It shows no other node, address, port or protocol, and nothing of pods that started before their policies.`,
  ],
  open: () => [
    "OPEN: a pod of the zone connected to what the zone does not approve. Nothing enforces the zone's policies where it ran, or another policy opens this.",
    "Next: look at the zone's conditions Enforced and PoliciesContained, and at the node's network plugin.",
  ],
  late: ({ inside: { met } }) => [
    `LATE: a pod of the zone connected to what the zone does not approve until ${seconds(met.forbidden.lastOpenMs ?? 0)} after it began, and not after that. The policies are enforced, and a pod that starts is open until the enforcer knows it.`,
    "Next: use an enforcer that closes a pod's network before it starts, or have pods wait with an init container.",
  ],
  unreached: ({ approved }) => [
    `NOT SHOWN: what the zone approves was not reached, so the pod may have no network, or nobody listens at ${targetWords(approved)}. That the forbidden target was not reached shows nothing then.`,
    "Next: give a target that answers by --approved.",
  ],
  notCompared: ({ forbidden }) => [
    `NOT SHOWN: no connection to ${targetWords(forbidden)} came about. That may be the zone's policies, or another firewall, or nobody listens there.`,
    "Next: --compare-namespace NAMESPACE tries the same from a pod outside the zone; if that connects, the policies are enforced.",
  ],
  nobodyThere: ({ forbidden, outside }) => [
    `NOT SHOWN: a pod outside the zone did not reach ${targetWords(forbidden)} either, so something else than the zone's policies closes it, or nobody listens there.`,
    `Next: give a forbidden target that ${outside?.pod ?? "such a pod"} reaches by --forbidden.`,
  ],
};

/** The screen of a probe. */
export const showProbe = (seen: Seen): Found => {
  const { zone, approved, forbidden, inside, outside } = seen;
  const verdict = judgeProbe(seen);
  const row = (target: ProbeTarget, expected: string, from: string, met: Tried): readonly string[] => [
    targetWords(target),
    target.what,
    from,
    expected,
    metWords(met),
  ];
  const rows = [
    row(approved, "connects", "the zone", inside.met.approved),
    row(forbidden, "does not", "the zone", inside.met.forbidden),
    ...(outside === undefined ? [] : [row(forbidden, "connects", "outside", outside.met.forbidden)]),
  ];
  return {
    value: { zone, verdict, approved, forbidden, inside, ...(outside === undefined ? {} : { outside }) },
    lines: [
      `Zone ${zone}, from pod ${inside.pod} on node ${inside.node}${outside === undefined ? "" : `, and outside it from pod ${outside.pod} on node ${outside.node}`}`,
      "",
      ...columns(["TARGET", "WHAT", "FROM", "EXPECTED", "SEEN"], rows),
      "",
      ...words[verdict](seen),
    ],
    refused: verdict === "open" || verdict === "late",
    ...(verdict === "enforced" ? {} : { unanswered: true as const }),
  };
};

const metWords = ({ tries, opened, last, lastOpenMs }: Tried): string => {
  const all = tries === 1 ? "1 try" : `${tries} tries`;
  if (last === "open") return `connected (${opened} of ${all})`;
  const ended = last === "silent" ? "no answer" : last;
  return opened === 0
    ? `${ended} (${all})`
    : `${ended}, but connected until ${seconds(lastOpenMs ?? 0)} (${opened} of ${all})`;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
