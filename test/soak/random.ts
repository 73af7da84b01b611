/** Chance that a seed repeats. */
export type Random = {
  /** A whole number from 0 up to `below`. */
  readonly below: (below: number) => number;
  /** One of these; undefined when there are none. */
  readonly of: <T>(all: readonly T[]) => T | undefined;
};

/** The generator of Numerical Recipes: enough to spread choices, and the same everywhere. */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, of: (all) => all[below(all.length)] };
};
