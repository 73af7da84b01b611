const none: ReadonlySet<string> = new Set();

/** A secondary index: which keys stand under which terms. */
export class Index<T> {
  readonly #terms: (value: T, key: string) => readonly string[];
  readonly #byTerm = new Map<string, Set<string>>();

  constructor(terms: (value: T, key: string) => readonly string[]) {
    this.#terms = terms;
  }

  /** The keys under a term; a live set. */
  keys(term: string): ReadonlySet<string> {
    return this.#byTerm.get(term) ?? none;
  }

  /** Files `key` under the terms of `after` instead of those of `before`; undefined has none. */
  set(key: string, before: T | undefined, after: T | undefined): void {
    for (const term of this.#termsOf(key, before)) this.#drop(term, key);
    for (const term of this.#termsOf(key, after)) {
      const keys = this.#byTerm.get(term);
      if (keys) keys.add(key);
      else this.#byTerm.set(term, new Set([key]));
    }
  }

  /** Computed anew each time: kept, they would be a fifth of the memory of 50,000 pods. */
  #termsOf(key: string, value: T | undefined): readonly string[] {
    return value === undefined ? [] : this.#terms(value, key);
  }

  #drop(term: string, key: string): void {
    const keys = this.#byTerm.get(term);
    if (keys?.delete(key) && keys.size === 0) this.#byTerm.delete(term);
  }
}
