/** What a number has to be, where anything was promised of it. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One number with how sure it is: `low` and `high` bound it, and what they are is said in its section. */
export type Measure = {
  readonly title: string;
  readonly value: number;
  /** Empty for a ratio. */
  readonly unit: string;
  readonly low?: number;
  readonly high?: number;
  readonly target?: Target;
};

/** Whether a measure is as it has to be; undefined where nothing was promised. */
export const isMet = ({ value, target }: Measure): boolean | undefined => {
  if (target === undefined) return undefined;
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
};

/** A measure as one line for people. */
export const lineOf = (measure: Measure): string => {
  const { title, value, unit, low, high } = measure;
  const spread = low === undefined || high === undefined ? "" : `(${short(low)} to ${short(high)})`;
  return `${title.padEnd(62)} ${short(value).padStart(9)} ${unit.padEnd(4)} ${spread.padEnd(22)} ${verdictOf(measure)}`.trimEnd();
};

const verdictOf = (measure: Measure): string => {
  const { target } = measure;
  if (target === undefined) return "";
  const wanted = "atLeast" in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return `${wanted}: ${isMet(measure) === true ? "met" : "MISSED"}`;
};

const short = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};
