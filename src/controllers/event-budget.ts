/** As client-go has them: so many events at once, then one more each time so many milliseconds have passed. */
export const eventBudget = { burst: 25, refillMs: 300_000 } as const;

/** So many things are remembered, as client-go does; what was told of longest ago is forgotten first, and starts afresh. */
const remembered = 4_096;

/**
 * Says whether one more event about `key` may be written, and counts it. Two who fight over an object would else write
 * an event each time, for ever; metrics count all of it. `monotonic` gives milliseconds on a clock that never jumps.
 */
export const makeEventBudget = (monotonic: () => number): ((key: string) => boolean) => {
  const spent = new Map<string, { readonly left: number; readonly at: number }>();
  return (key) => {
    const now = monotonic();
    const { left, at } = spent.get(key) ?? { left: eventBudget.burst, at: now };
    const refilled = Math.floor((now - at) / eventBudget.refillMs);
    const have = Math.min(eventBudget.burst, left + refilled);
    spent.delete(key);
    spent.set(key, { left: Math.max(0, have - 1), at: at + refilled * eventBudget.refillMs });
    for (const oldest of spent.keys()) {
      if (spent.size <= remembered) break;
      spent.delete(oldest);
    }
    return have > 0;
  };
};
