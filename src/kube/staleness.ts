import { silenceTimeoutMs } from "./transport.ts";

/** Milliseconds since each store was heard, by name; undefined before its first word. */
type Ages = Readonly<Record<string, number | undefined>>;

/** What a replica knows of its API server: since when it is heard without a break, undefined while nothing is; and when it was last looked. Milliseconds on a monotonic clock. */
export type Hearing = { readonly since: number | undefined; readonly lookedAt: number };

/**
 * A watch that works is made anew after 150 s of silence at the latest, which takes a wait of up to 30 s and an answer of
 * up to 35 s when something was amiss: 215 s. The bound is above twice the silence, too: when the API server goes away
 * one store may have been silent for as long already, and for as long again another was heard within it.
 */
const staleMs = 360_000;

/** Looks whether the API server is heard at all, through whichever store. A look that was long in coming starts anew: who knows what was in between. */
export const listen = (before: Hearing | undefined, ages: Ages, now: number): Hearing => {
  const heard = Object.values(ages).some((age) => age !== undefined && age <= silenceTimeoutMs);
  const goesOn = before !== undefined && now - before.lookedAt <= silenceTimeoutMs;
  return { since: heard ? ((goesOn ? before.since : undefined) ?? now) : undefined, lookedAt: now };
};

/**
 * The stores that were not heard for six minutes in which others were all the time: their watch is what is broken, by
 * a right taken away, say. While nothing is heard it is the API server that is away, and taking every replica out of
 * service would add a second outage to the first; once it is back each watch has its time to come back.
 */
export const stale = ({ since }: Hearing, ages: Ages, now: number): readonly string[] =>
  since === undefined
    ? []
    : Object.entries(ages).flatMap(([name, age]) =>
        age !== undefined && Math.min(age, now - since) > staleMs ? [name] : [],
      );
