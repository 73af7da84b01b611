import { authorityFault, dueAt, endOf, leafFault } from "./appraise.ts";
import type { KeyPair } from "./ca.ts";
import { overlapMs, settleMs, type Lifetimes } from "./lifetimes.ts";
import type { Stored } from "./secret.ts";

/**
 * Where the shared certificates stand. One authority follows another in this order, each step one write to the Secret:
 * settled, authorityDue, staged (both trusted, the former signs), trusted, retiring (both trusted, the new one signs),
 * retired, settled. What else may be found is mended on the way. `why` is for the log; `lookAt` is milliseconds since 1970.
 */
export type Rollover =
  /** Nothing to go on from: an authority and a leaf are made. */
  | { readonly at: "absent"; readonly why: string }
  /** The Secret is gone or useless, and this replica knows what was in it: that is put back, with a next authority beside it. */
  | { readonly at: "lost"; readonly why: string; readonly from: Stored }
  /** Somebody put another authority into the Secret: the one we serve by has to stay trusted. */
  | { readonly at: "foreign"; readonly why: string; readonly ours: string }
  | { readonly at: "leafDue"; readonly why: string }
  | { readonly at: "authorityDue"; readonly why: string }
  | { readonly at: "staged"; readonly lookAt: number }
  | { readonly at: "trusted"; readonly why: string; readonly signer: KeyPair }
  | { readonly at: "retiring"; readonly lookAt: number }
  | { readonly at: "retired"; readonly why: string }
  | { readonly at: "settled"; readonly lookAt: number };

/** What is judged: the Secret, and what this replica knows besides. `now` is milliseconds since 1970. */
export type RolloverFacts = {
  /** What the Secret holds, as `sound` leaves it; undefined when it is missing or incomplete. */
  readonly stored: Stored | undefined;
  /** What it held when this replica last found it good. */
  readonly held: Stored | undefined;
  /** The authority of the leaf that this replica serves with, while that leaf is valid. */
  readonly servedBy: string | undefined;
  /** For how long the stored webhook configurations have named an authority, in milliseconds; undefined when they do not. */
  readonly trustedMs: (authority: string) => number | undefined;
  readonly lifetimes: Lifetimes;
  readonly dnsNames: readonly string[];
  readonly now: number;
};

/** Judges where a rollover stands. Never throws. */
export const rolloverOf = (facts: RolloverFacts): Rollover => {
  const { stored, now, lifetimes } = facts;
  if (stored === undefined) return lost(facts, "the Secret is missing or incomplete");
  const { leaf, authority, next, former, formerUntil } = stored;
  const fault = authorityFault(authority, now);
  if (fault !== undefined) return lost(facts, fault);
  // An authority that ended vouches for nothing: its successor cannot do worse, trusted or not.
  if (endOf(authority.cert) <= now)
    return next ? { at: "trusted", why: "ca.crt has expired", signer: next } : lost(facts, "ca.crt has expired");
  if (facts.servedBy !== undefined && ![authority.cert, next?.cert, ...former].includes(facts.servedBy))
    return { at: "foreign", why: "the authority we serve by is not in it", ours: facts.servedBy };

  const leafDueAt = dueAt(leaf.cert, lifetimes.leafMs, now);
  const why =
    leafFault(leaf, [authority.cert], facts.dnsNames, now) ?? (now >= leafDueAt ? "tls.crt is due" : undefined);
  if (why !== undefined) return { at: "leafDue", why };
  if (next !== undefined) {
    const leftMs = settleMs(lifetimes) - (facts.trustedMs(next.cert) ?? -Infinity);
    if (leftMs <= 0) return { at: "trusted", why: "next-ca.crt is trusted", signer: next };
    return { at: "staged", lookAt: Math.min(leafDueAt, now + leftMs) };
  }
  const authorityDueAt = dueAt(authority.cert, lifetimes.authorityMs, now);
  if (now >= authorityDueAt) return { at: "authorityDue", why: "ca.crt is due" };
  const lookAt = Math.min(leafDueAt, authorityDueAt);
  if (former.length === 0) return { at: "settled", lookAt };
  if (now >= formerUntil) return { at: "retired", why: "former-ca.crt has been trusted long enough" };
  return { at: "retiring", lookAt: Math.min(lookAt, formerUntil) };
};

/** When the former authority may go, counted from the change to the new one at `now`. */
export const retiresAt = (now: number, lifetimes: Lifetimes): number => now + overlapMs(lifetimes);

/** Every authority that has to be trusted for what the Secret holds. */
export const trustedBy = ({ authority, next, former }: Stored): readonly string[] => [
  authority.cert,
  ...(next ? [next.cert] : []),
  ...former,
];

const lost = ({ held, now }: RolloverFacts, why: string): Rollover =>
  held !== undefined && canSign(held.authority, now) ? { at: "lost", why, from: held } : { at: "absent", why };

/** What the Secret holds without a next authority that is no good: another is made in its place when one is due. */
export const sound = (stored: Stored, now: number): Stored =>
  stored.next === undefined || canSign(stored.next, now) ? stored : { ...stored, next: undefined };

const canSign = (authority: KeyPair, now: number): boolean =>
  authorityFault(authority, now) === undefined && endOf(authority.cert) > now;
