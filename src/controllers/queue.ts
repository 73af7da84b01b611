/**
 * A set of keys that want work. A key is handed out once at a time: asked for again while it is being worked on, it
 * comes back when that is done. Holds keys, never events, so missed and doubled events are free.
 */
export class Queue {
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  /** Asks for work on `key`. */
  add(key: string): void {
    if (this.#closed) return;
    const taker = this.#working.has(key) ? undefined : this.#takers.shift();
    if (taker === undefined) this.#waiting.add(key);
    else {
      this.#working.add(key);
      taker(key);
    }
  }

  /** The next key, as soon as there is one; undefined once the queue is closed. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    for (const key of this.#waiting) {
      if (this.#working.has(key)) continue;
      this.#waiting.delete(key);
      this.#working.add(key);
      return Promise.resolve(key);
    }
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** Says that work on `key` has ended. */
  done(key: string): void {
    this.#working.delete(key);
    if (this.#waiting.delete(key)) this.add(key);
  }

  close(): void {
    this.#closed = true;
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }
}
