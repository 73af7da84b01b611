/** Two pieces of work that are timed side by side. */
export type Contest = { readonly title: string; readonly a: () => unknown; readonly b: () => unknown };

export type Ratio = { readonly median: number; readonly lowest: number; readonly highest: number };

const rounds = 21;
/** Long enough for the clock, short enough that both sides of a round meet the same machine. */
const roundMs = 40;

/** The processor time of `a` over that of `b`: the median of many rounds, and how far rounds were apart. */
export const compare = ({ a, b }: Contest): Ratio => {
  const times = repetitions(b);
  const ratios = Array.from({ length: rounds }, () => timed(a, times) / timed(b, times)).toSorted((x, y) => x - y);
  return { median: ratios[(rounds - 1) / 2] ?? NaN, lowest: ratios[0] ?? NaN, highest: ratios.at(-1) ?? NaN };
};

const repetitions = (work: () => unknown): number => {
  let times = 1;
  while (timed(work, times) < roundMs) times *= 2;
  return times;
};

/** Milliseconds of processor time, which nobody else that runs on the machine makes longer by waiting. */
const timed = (work: () => unknown, times: number): number => {
  const begun = process.cpuUsage();
  for (let at = 0; at < times; at++) work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1_000;
};
