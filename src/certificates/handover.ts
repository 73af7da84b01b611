import type { KeyPair } from "./ca.ts";
import { settleMs, type Lifetimes } from "./lifetimes.ts";

/** Something to serve with. */
export type Offer = KeyPair & {
  /** What has to be trusted for it, PEM. */
  readonly authorities: readonly string[];
  /** Milliseconds since 1970. */
  readonly notAfter: number;
};

/** Whether to serve with what is offered, or to go on with what there is; `lookAt` is when time alone may change that, in milliseconds since 1970. */
export type Handover =
  | { readonly kind: "serve" }
  | { readonly kind: "hold"; readonly why: string; readonly lookAt: number };

/** What is judged: `trustedMs` says for how long the stored webhook configurations have named an authority. */
export type HandoverFacts = {
  readonly served: Offer | undefined;
  readonly offered: Offer;
  readonly trustedMs: (authority: string) => number | undefined;
  readonly lifetimes: Lifetimes;
  readonly now: number;
};

/**
 * Every replica decides for itself when to change over, whoever made the certificate: a leaf whose authority API
 * servers do not trust yet fails every call, and the old one is good until it ends.
 */
export const handover = ({ served, offered, trustedMs, lifetimes, now }: HandoverFacts): Handover => {
  if (served === undefined || served.cert === offered.cert || served.notAfter <= now) return { kind: "serve" };
  const trusted = sinceAll(offered, trustedMs);
  if (trusted === undefined)
    return {
      kind: "hold",
      why: "the webhook configurations do not name its authority yet",
      lookAt: served.notAfter,
    };
  const leftMs = settleMs(lifetimes) - trusted;
  // Ours is trusted no more, so there is nothing to wait for.
  if (leftMs <= 0 || sinceAll(served, trustedMs) === undefined) return { kind: "serve" };
  return { kind: "hold", why: "its authority was named only just now", lookAt: now + leftMs };
};

/** For how long all of its authorities have been trusted, in milliseconds; undefined when one of them is not. */
export const sinceAll = (
  { authorities }: Offer,
  trustedMs: (authority: string) => number | undefined,
): number | undefined => {
  const since = authorities.map((authority) => trustedMs(authority));
  return since.every((ms) => ms !== undefined) ? Math.min(...since) : undefined;
};
