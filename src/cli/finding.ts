import type { Reason } from "../api/reasons.ts";
import { textOf } from "./judgement.ts";

/** One thing to know before a zone enforces. `breaks`: something stops working, or would not be as the zone says. */
export type Finding = {
  readonly kind: "breaks" | "note";
  readonly what: string;
  readonly details: readonly string[];
  /** Every pod that is meant, where details name only some. */
  readonly pods?: readonly string[];
  readonly reason?: Reason;
  readonly rule?: string;
  /** How to mend it. */
  readonly next?: string;
};

/** A finding of a reason from the closed list; `next` where something more fitting than the reason's can be said. */
export const breaks = (what: string, reason: Reason, details: readonly string[], next?: string): Finding => {
  const text = textOf(reason);
  return { kind: "breaks", what, details, reason, rule: text.rule, next: next ?? text.next };
};

/** Something that breaks nothing. */
export const note = (what: string, details: readonly string[], next?: string): Finding => ({
  kind: "note",
  what,
  details,
  ...(next === undefined ? {} : { next }),
});

/** A finding for people. */
export const findingLines = ({ kind, what, details, reason, rule, next }: Finding): readonly string[] => [
  `${kind === "breaks" ? "BREAKS" : "note  "}  ${what}`,
  ...details.map((detail) => `        ${detail}`),
  ...(rule === undefined ? [] : [`        ${rule} (${reason})`]),
  ...(next === undefined ? [] : [`        Mend: ${next}`]),
];

/** How many names a line holds. */
export const most = 5;

/** The first names of many. */
export const some = (names: readonly string[]): string => {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};
