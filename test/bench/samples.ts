/** The value below which this share of the samples lies; NaN when there are none. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
};

/** The one in the middle. */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

/** What a number computed from samples is, and where it lies in 95 of 100 samples drawn anew from the same. */
export const interval = <S>(
  samples: readonly S[],
  compute: (drawn: readonly S[]) => number,
): { readonly value: number; readonly low: number; readonly high: number } => {
  const drawn = Array.from({ length: 200 }, () =>
    compute(samples.map(() => samples[Math.floor(Math.random() * samples.length)] as S)),
  );
  return { value: compute(samples), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
};
