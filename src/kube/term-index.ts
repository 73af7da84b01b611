const none: ReadonlySet<string> = new Set();

/** A secondary index: which keys stand under which terms. */
export class Index<T> {
  readonly #terms: (value: T, key: string) => readonly string[];
  readonly #byTerm = new Map<string, Set<string>>();
  readonly #byKey = new Map<string, readonly string[]>();

  constructor(terms: (value: T, key: string) => readonly string[]) {
    this.#terms = terms;
  }

  /** The keys under a term; a live set. */
  keys(term: string): ReadonlySet<string> {
    return this.#byTerm.get(term) ?? none;
  }

  /** Files `key` anew under the terms of `value`, or under none without one. */
  set(key: string, value: T | undefined): void {
    for (const term of this.#byKey.get(key) ?? []) this.#drop(term, key);
    const terms = value === undefined ? [] : this.#terms(value, key);
    if (terms.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, terms);
    for (const term of terms) {
      const keys = this.#byTerm.get(term);
      if (keys) keys.add(key);
      else this.#byTerm.set(term, new Set([key]));
    }
  }

  #drop(term: string, key: string): void {
    const keys = this.#byTerm.get(term);
    if (keys?.delete(key) && keys.size === 0) this.#byTerm.delete(term);
  }
}
