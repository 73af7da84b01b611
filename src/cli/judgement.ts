import type { Reason } from "../api/reasons.ts";
import { reasons } from "../api/reasons.ts";
import type { Placement } from "../placement/place.ts";
import { answer } from "../placement/mode.ts";
import type { World } from "../zone/world.ts";
import type { Enforcement } from "../zone/zone.ts";

/** What would become of an object. `warned` and `counted`: a zone that does not enforce would let it in. */
export type Outcome = "allowed" | "pinned" | "warned" | "counted" | "refused";

/** What was found about one object: the outcome, which fields speak against it, which rule, what to do next. */
export type Judgement = {
  /** `Pod payments/api-0`. */
  readonly object: string;
  /** The file it is in, where it is in one. */
  readonly file?: string;
  readonly outcome: Outcome;
  readonly zone?: string;
  readonly enforcement?: Enforcement;
  readonly reason: Reason;
  readonly problems: readonly Found[];
  readonly rule: string;
  readonly next: string;
};

/** A field as kubectl names it, and what is wrong with it. */
type Found = { readonly field: string; readonly found: string };

/** Who is judged. */
type Subject = Pick<Judgement, "object" | "file">;

/** A placement as the webhook would answer it in the zone's mode; a refusal that is `always` holds in every mode. */
export const judgementOf = (world: World, subject: Subject, placement: Placement, always = false): Judgement => {
  const reply = answer(world, placement, always);
  const zone = "zone" in placement ? placement.zone : undefined;
  const enforcement = zone === undefined ? undefined : world.zones.get(zone)?.enforcement;
  const outcome = reply.kind === "deny" ? "refused" : letIn(placement, reply.pin, reply.warnings.length > 0);
  // A zone that does not enforce adds nothing to a pod that it would pin.
  const reason = placement.kind === "pinned" && outcome === "allowed" ? "NotEnforcing" : placement.reason;
  return {
    ...subject,
    outcome,
    ...(zone === undefined ? {} : { zone }),
    ...(enforcement === undefined ? {} : { enforcement }),
    reason,
    problems: placement.kind === "refused" ? [{ field: placement.field, found: placement.found }] : [],
    ...textOf(reason),
  };
};

const letIn = (placement: Placement, pin: boolean, warned: boolean): Outcome => {
  if (placement.kind === "refused") return warned ? "warned" : "counted";
  return pin ? "pinned" : "allowed";
};

/** A reason's rule and what to do next. */
export const textOf = (reason: Reason): Pick<Judgement, "rule" | "next"> => {
  const { says: rule, next } = reasons[reason];
  return { rule, next };
};

/** A judgement for people: one line where all is well, and what, which rule and what next where it is not. */
export const judgementLines = (judgement: Judgement): readonly string[] => {
  const { object, file, outcome, zone, enforcement, reason, problems, rule, next } = judgement;
  const head = [
    `${words[outcome]} ${object}`,
    file === undefined ? "" : ` (${file})`,
    zone === undefined ? "" : `, zone ${zone}`,
    enforcement === undefined ? "" : ` (${enforcement})`,
  ].join("");
  if (outcome === "allowed" || outcome === "pinned") return [`${head}: ${rule} (${reason})`];
  return [
    head,
    ...problems.map(({ field, found }) => `${indent}${field} ${found}`),
    `${indent}${rule} (${reason})`,
    `${indent}Next: ${next}`,
  ];
};

/** A judgement without its subject, for a sheet. */
export const judgementText = ({ outcome, reason, problems, rule, next }: Judgement): readonly string[] => [
  `${words[outcome].trim()}: ${rule} (${reason})`,
  ...problems.map(({ field, found }) => `${field} ${found}`),
  ...(outcome === "allowed" || outcome === "pinned" ? [] : [`Next: ${next}`]),
];

const words: Readonly<Record<Outcome, string>> = {
  allowed: "allowed ",
  pinned: "pinned  ",
  warned: "WARNED  ",
  counted: "COUNTED ",
  refused: "REFUSED ",
};

const indent = " ".repeat(9);

/** How many objects came out how, in one sentence; `others` are of kinds that nothing judges. */
export const summaryLine = (judgements: readonly Judgement[], others: number): string => {
  const counted = (Object.keys(words) as readonly Outcome[]).flatMap((outcome) => {
    const count = judgements.filter((judgement) => judgement.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const rest = others === 0 ? "" : `; ${others} of kinds that say nothing of where pods run`;
  return `${judgements.length} judged${counted.length === 0 ? "" : `: ${counted.join(", ")}`}${rest}.`;
};
