import { mayNotDeclassify, mayNotUse } from "../native/membership.ts";
import type { Move } from "../placement/membership.ts";
import { refuse, type Placement } from "../placement/place.ts";

/** What governs membership: joining a zone needs `use` on it, leaving `declassify`. */
export type ZoneVerb = "use" | "declassify";

/** Whether the person who asks has a verb on a zone. */
export type Granted = (verb: ZoneVerb, zone: string) => boolean;

/** For where nobody can be asked. */
export const allGranted: Granted = () => true;

/** The verbs that a move needs, with the zone of each. */
export const neededFor = ({ before, after }: Move): readonly (readonly [ZoneVerb, string])[] => {
  if (before === after) return [];
  const joins = after === undefined ? [] : [["use", after] as const];
  return before === undefined ? joins : [...joins, ["declassify", before]];
};

/** What a namespace is refused for that the person who asks may not move; the API server asks in the same order. */
export const ungranted = (move: Move, granted: Granted): Extract<Placement, { kind: "refused" }> | undefined => {
  const lacking = neededFor(move).find(([verb, zone]) => !granted(verb, zone));
  if (lacking === undefined) return undefined;
  const [verb, zone] = lacking;
  const field = `namespace ${move.namespace}`;
  return verb === "use"
    ? refuse(zone, { reason: "UseNotGranted", field, found: mayNotUse(zone, "you") })
    : refuse(zone, { reason: "DeclassifyNotGranted", field, found: mayNotDeclassify(zone, "you") });
};
