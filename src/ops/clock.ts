/** Time and chance as the rooms above and below take them. */
export type Clock = {
  /** Wall clock in milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number from 0 up to 1. */
  readonly random: () => number;
};

/** The machine's own. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", wake, { once: true });
    }),
};

/** A clock that stays where it was while the given one is behind: what has expired does not come back when a clock is set back. */
export const neverBack = (now: () => number): (() => number) => {
  let latest = -Infinity;
  return () => {
    latest = Math.max(latest, now());
    return latest;
  };
};
