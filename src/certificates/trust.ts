/** Since when authorities are trusted. */
export type Trust = {
  /** Takes in which authorities (PEM) the stored webhook configurations name now. */
  readonly look: (named: ReadonlySet<string>) => void;
  /** The authorities that are named now. */
  readonly named: () => readonly string[];
  /** For how long an authority has been named without a break, in milliseconds; undefined when it is not. */
  readonly trustedMs: (authority: string) => number | undefined;
};

/** Remembers since when authorities are named. `monotonic` gives milliseconds on a clock that never jumps. */
export const rememberTrust = (monotonic: () => number): Trust => {
  let since: ReadonlyMap<string, number> = new Map();
  return {
    look: (named) => {
      const now = monotonic();
      since = new Map([...named].map((authority) => [authority, since.get(authority) ?? now]));
    },
    named: () => [...since.keys()],
    trustedMs: (authority) => {
      const at = since.get(authority);
      return at === undefined ? undefined : monotonic() - at;
    },
  };
};
