import type { World } from "../zone/world.ts";
import type { Enforcement } from "../zone/zone.ts";
import type { Placement } from "./place.ts";

/** What a webhook answers. `pin` says that the object is to be changed to carry its zone's selector. */
export type Answer =
  | {
      readonly kind: "allow";
      readonly pin: boolean;
      readonly warnings: readonly string[];
      /** The refusal that a zone in Audit keeps from the user; for events and metrics. */
      readonly audited?: string;
    }
  | { readonly kind: "deny"; readonly message: string };

const warned = (message: string): Answer => ({ kind: "allow", pin: false, warnings: [message] });
const silently: Answer = { kind: "allow", pin: false, warnings: [] };

/**
 * Turns a placement into an answer by the zone's mode: Enforce does what the placement says, Warn allows and tells
 * the user, Audit allows and tells only events, metrics and logs. A zone that does not exist enforces, and so does one
 * of which the API server says it (`enforced`), whatever was last heard here.
 */
export const answer = (world: World, placement: Placement, enforced = false): Answer => {
  const mode = (zone: string): Enforcement =>
    enforced ? "Enforce" : (world.zones.get(zone)?.enforcement ?? "Enforce");
  switch (placement.kind) {
    case "free":
    case "inPlace":
      return silently;
    case "pinned":
      return mode(placement.zone) === "Enforce" ? { kind: "allow", pin: true, warnings: [] } : silently;
    case "refused":
      switch (mode(placement.zone)) {
        case "Enforce":
          if (placement.warnOnly === true) return warned(placement.message);
          return { kind: "deny", message: placement.message };
        case "Warn":
          return warned(placement.message);
        case "Audit":
          return { ...silently, audited: placement.message };
      }
  }
};
