import type { Resource } from "./resource.ts";
import { sourceOf } from "./source.ts";
import type { Project, Selection } from "./source.ts";
import { Store } from "./store.ts";
import type { ReadStore } from "./store.ts";
import type { Timers } from "./timers.ts";
import type { Transport } from "./transport.ts";
import { watch } from "./watch.ts";
import type { WatchProblem } from "./watch.ts";

/** What is read, what is kept of it, and who hears of faults. */
export type InformerParts<T> = {
  readonly transport: Transport;
  readonly resource: Resource;
  readonly project: Project<T>;
  readonly timers: Timers;
  /** Hears of every fault the watch survives. */
  readonly report: (resource: Resource, problem: WatchProblem) => void;
  readonly selection?: Selection;
};

/** A store that is being kept up to date. `done` resolves when the signal has ended it, and rejects only for a mistake of ours. */
export type Informer<T> = { readonly resource: Resource; readonly store: ReadStore<T>; readonly done: Promise<void> };

/** Starts to keep a store of a resource's projections, until the signal aborts. */
export const startInformer = <T>(parts: InformerParts<T>, signal: AbortSignal): Informer<T> => {
  const { transport, resource, project, timers, selection } = parts;
  const store = new Store<T>(timers.monotonic);
  const source = sourceOf(transport, resource, project, timers.random, selection);
  const follow = async (): Promise<void> => {
    for await (const event of watch(source, signal, timers, (problem) => parts.report(resource, problem)))
      store.take(event);
  };
  return { resource, store, done: follow() };
};
