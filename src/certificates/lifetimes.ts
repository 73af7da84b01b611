/** How long certificates live, in milliseconds. An authority lives at least three times as long as a leaf. */
export type Lifetimes = { readonly authorityMs: number; readonly leafMs: number };

/**
 * What is renewed is renewed with a third of its life left: a leaf that an authority signs just before then still ends
 * before the authority does, and by default a month is left to notice that renewal fails.
 */
export const marginMs = (lifetimeMs: number): number => lifetimeMs / 3;

/**
 * How long stored configurations have to name an authority before anybody serves by it. API servers take them up by a
 * watch, in well under a second; a minute is for one whose watch is just being made anew.
 */
export const settleMs = ({ authorityMs }: Lifetimes): number => Math.min(60_000, authorityMs / 20);

/**
 * How long the former authority stays in the bundle after the change. Replicas change over within seconds of each
 * other, and of an upgrade within minutes; an hour is for one that cannot read the Secret just then. Not until the last
 * leaf it signed ends, which is a quarter by default: whoever deletes the Secret because a key was stolen wants that key
 * to be worth nothing today.
 */
export const overlapMs = ({ authorityMs }: Lifetimes): number => Math.min(3_600_000, authorityMs / 4);

/** Never later than this: a clock that was set, or a machine that slept, is noticed within the hour. */
const longestLookMs = 3_600_000;
/** Never sooner, so that what cannot be done now is not tried without a pause. */
const shortestLookMs = 100;

/** How long to wait for a look that is due at `at`, both in milliseconds since 1970. */
export const lookInMs = (at: number, now: number): number =>
  Math.min(longestLookMs, Math.max(shortestLookMs, at - now));
