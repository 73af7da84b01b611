import { isDeepStrictEqual } from "node:util";
import { Index } from "./term-index.ts";
import type { WatchEvent } from "./watch-source.ts";

/** Hears of one change: undefined before is an object that came, undefined after one that went. It must not throw. */
export type Subscriber<T> = (key: string, before: T | undefined, after: T | undefined) => void;

/** The keys that a secondary index holds under a term. */
export type Lookup = (term: string) => ReadonlySet<string>;

/** What readers see of a store: the objects as last heard, by "namespace/name" or "name". */
export type ReadStore<T> = {
  /** Live: it changes between two turns of the event loop, never within one. */
  readonly view: ReadonlyMap<string, T>;
  readonly hasSynced: boolean;
  /** Resolves when everything has been listed once. */
  readonly synced: Promise<void>;
  /** Milliseconds since the API server last said anything about this resource; undefined before it did. */
  readonly ageMs: () => number | undefined;
  /** Builds an index over what is there and what comes; `terms` must not throw, and gives the same for the same value. */
  readonly index: (terms: (value: T, key: string) => readonly string[]) => Lookup;
  /** Subscribes to changes of the projection; gives the way to end it. Nothing is told of what is there already. */
  readonly subscribe: (subscriber: Subscriber<T>) => () => void;
};

/** The only shared mutable thing: projections of the objects of one resource. A restart swaps all of them at once, then tells what came, changed and went. */
export class Store<T> implements ReadStore<T> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Index<T>[] = [];
  readonly #subscribers = new Set<Subscriber<T>>();
  readonly #first = Promise.withResolvers<void>();
  readonly #monotonic: () => number;
  #hasSynced = false;
  #heardAt: number | undefined;

  /** `monotonic` gives milliseconds on a clock that never jumps. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  get view(): ReadonlyMap<string, T> {
    return this.#objects;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get synced(): Promise<void> {
    return this.#first.promise;
  }

  ageMs(): number | undefined {
    return this.#heardAt === undefined ? undefined : this.#monotonic() - this.#heardAt;
  }

  index(terms: (value: T, key: string) => readonly string[]): Lookup {
    const index = new Index(terms);
    for (const [key, value] of this.#objects) index.set(key, undefined, value);
    this.#indexes.push(index);
    return (term) => index.keys(term);
  }

  subscribe(subscriber: Subscriber<T>): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Takes in what a watch said. Subscribers hear of it after all of it stands. */
  take(event: WatchEvent<T>): void {
    this.#heardAt = this.#monotonic();
    switch (event.kind) {
      case "restarted":
        this.#restart(event.objects);
        break;
      case "applied":
        this.#tell([[event.key, ...this.#set(event.key, event.value)]]);
        break;
      case "deleted":
        this.#tell([[event.key, ...this.#set(event.key, undefined)]]);
        break;
      case "heard":
        break;
      default:
        event satisfies never;
    }
  }

  #restart(objects: ReadonlyMap<string, T>): void {
    const gone = [...this.#objects.keys()].filter((key) => !objects.has(key));
    const changes: Change<T>[] = gone.map((key) => [key, ...this.#set(key, undefined)]);
    for (const [key, value] of objects) changes.push([key, ...this.#set(key, value)]);
    this.#hasSynced = true;
    this.#first.resolve();
    this.#tell(changes);
  }

  /** Keeps the old value where the new one is equal, so that identity means "unchanged". */
  #set(key: string, value: T | undefined): readonly [before: T | undefined, after: T | undefined] {
    const before = this.#objects.get(key);
    if (isDeepStrictEqual(before, value)) return [before, before];
    if (value === undefined) this.#objects.delete(key);
    else this.#objects.set(key, value);
    for (const index of this.#indexes) index.set(key, before, value);
    return [before, value];
  }

  #tell(changes: readonly Change<T>[]): void {
    for (const [key, before, after] of changes) {
      if (before === after) continue;
      for (const subscriber of this.#subscribers) subscriber(key, before, after);
    }
  }
}

type Change<T> = readonly [key: string, before: T | undefined, after: T | undefined];
